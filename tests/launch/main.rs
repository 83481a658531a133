//! Tests of the layer `launch`.

mod launchable;
