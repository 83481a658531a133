//! Names of block devices.

use super::text_types;

text_types! {
    /// The name that EC2 uses for a device: `/dev/sda1`, `/dev/xvda`, or without the path as in `xvdf`.
    ///
    /// The operating system may use another name. EC2 compares these texts byte for byte.
    /// See [Device names for volumes](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html).
    ///
    /// ```
    /// use ec2_register_image::types::DeviceName;
    ///
    /// assert_ne!(DeviceName::from("xvdf"), DeviceName::from("/dev/xvdf"));
    /// ```
    DeviceName;

    /// The name of an instance store volume, `ephemeral0` to `ephemeral23`.
    ///
    /// ```
    /// use ec2_register_image::types::VirtualName;
    ///
    /// assert_eq!(VirtualName::ephemeral(0), VirtualName::from("ephemeral0"));
    /// ```
    VirtualName;
}

impl VirtualName {
    /// Returns the name of the instance store volume with this number, counted from 0.
    #[must_use]
    pub fn ephemeral(number: u8) -> Self {
        Self(alloc::format!("ephemeral{number}"))
    }
}
