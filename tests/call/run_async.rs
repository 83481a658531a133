//! The call on an async runtime: its future goes to another thread, and closures share what they capture.
#![allow(clippy::unwrap_used, clippy::panic, reason = "clippy does not see that helpers are tests too")]

use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::ThreadId;
use std::time::Duration;

use aws_smithy_types::retry::RetryConfig;
use ec2_register_image::Endpoint;
use ec2_register_image::call::{Call, Outcome};
use ec2_register_image::machine::Failure;
use ec2_register_image::response::Effect;
use http::Response;
use tokio::{runtime, task, time};

use crate::support::with;

type Said = Result<Response<Vec<u8>>, Failure<io::Error>>;

fn answer(status: u16, body: &str) -> Said {
    Ok(Response::builder().status(status).body(body.into()).unwrap())
}

fn lost() -> Said {
    Err(Failure::Unclear(io::ErrorKind::ConnectionReset.into()))
}

/// EC2 as these calls see it: what it says next, and what it was asked.
#[derive(Default)]
struct Service {
    says: Mutex<VecDeque<Said>>,
    asked: Mutex<Vec<String>>,
    threads: Mutex<Vec<ThreadId>>,
    waits: AtomicU32,
}

impl Service {
    fn of(says: impl IntoIterator<Item = Said>) -> Arc<Self> {
        Arc::new(Self { says: Mutex::new(says.into_iter().collect()), ..Self::default() })
    }

    async fn send(&self, request: http::Request<ec2_register_image::wire::Body>) -> Said {
        let action = request.body().as_str().split(['=', '&']).nth(1).unwrap_or_default().to_owned();
        self.asked.lock().unwrap().push(action);
        task::yield_now().await;
        self.threads.lock().unwrap().push(std::thread::current().id());
        self.says.lock().unwrap().pop_front().unwrap()
    }

    async fn sleep(&self, wait: Duration) {
        self.waits.fetch_add(1, Ordering::Relaxed);
        time::sleep(wait).await;
    }
}

fn call() -> Call {
    let request =
        with(r#"{"TagSpecifications": [{"ResourceType": "image", "Tags": [{"Key": "build", "Value": "8c1f29d0"}]}]}"#);
    let call = Call::new(request.validate().unwrap(), Endpoint::from_region("eu-central-1").unwrap());
    let retry = RetryConfig::standard().with_initial_backoff(Duration::from_millis(20));
    call.retry_config(retry).marker("build").unwrap().look_up_timeout(Duration::from_secs(2))
}

/// The call over this service, owning all that it needs.
fn over(service: Arc<Service>) -> impl Future<Output = Outcome> + Send + 'static {
    let sleeper = Arc::clone(&service);
    let send = move |request| {
        let service = Arc::clone(&service);
        async move { service.send(request).await }
    };
    let sleep = move |wait| {
        let service = Arc::clone(&sleeper);
        async move { service.sleep(wait).await }
    };
    async move { call().run_async(send, sleep, || 0.5).await }
}

fn runtime() -> runtime::Runtime {
    runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap()
}

const REGISTERED: &str = "<RegisterImageResponse><imageId>ami-1</imageId></RegisterImageResponse>";
const TAKEN: &str = "<Response><Errors><Error><Code>InvalidAMIName.Duplicate</Code><Message>AMI name web is already in use \
                     by AMI ami-0123456789abcdef0</Message></Error></Errors></Response>";
const OURS: &str = "<DescribeImagesResponse><imagesSet><item><imageId>ami-0123456789abcdef0</imageId>\
                    <imageState>available</imageState><tagSet><item>\
                    <key>build</key><value>8c1f29d0</value></item></tagSet></item></imagesSet></DescribeImagesResponse>";

#[test]
fn spawned() {
    let service = Service::of([lost(), answer(400, TAKEN), lost(), answer(200, OURS)]);
    let runtime = runtime();
    let outcome = runtime.block_on(async { tokio::spawn(over(Arc::clone(&service))).await.unwrap() });

    let Outcome::Recovered(recovered) = outcome else { panic!("{outcome}") };
    assert_eq!(recovered.image.id, "ami-0123456789abcdef0");
    assert_eq!(*service.asked.lock().unwrap(), ["RegisterImage", "RegisterImage", "DescribeImages", "DescribeImages"]);
    assert_eq!(service.waits.load(Ordering::Relaxed), 2);
    // It ran on the runtime's threads.
    assert!(!service.threads.lock().unwrap().contains(&std::thread::current().id()));
}

#[test]
fn many_at_once() {
    let services: Vec<_> = (0..64).map(|_| Service::of([lost(), answer(200, REGISTERED)])).collect();
    let runtime = runtime();
    let outcomes = runtime.block_on(async {
        let tasks: Vec<_> = services.iter().map(|service| tokio::spawn(over(Arc::clone(service)))).collect();
        let mut outcomes = Vec::new();
        for task in tasks {
            outcomes.push(task.await.unwrap());
        }
        outcomes
    });
    for outcome in &outcomes {
        assert_eq!(outcome.image_id().map(|id| id.as_str()), Some("ami-1"), "{outcome}");
    }
    assert!(services.iter().all(|service| service.waits.load(Ordering::Relaxed) == 1));
}

/// What a client that borrows looks like: nothing is shared out of the function.
#[test]
fn borrowed() {
    let service = Service::of([lost(), lost(), lost(), answer(200, "<DescribeImagesResponse/>"), lost(), lost()]);
    let service = &*service;
    let outcome =
        runtime().block_on(call().run_async(|request| service.send(request), |wait| service.sleep(wait), || 0.0));
    let Outcome::GaveUp(gave_up) = outcome else { panic!("{outcome}") };
    assert_eq!(gave_up.effect, Effect::Unknown);
    assert_eq!(service.asked.lock().unwrap().len(), 6);
}

/// After the timeout, the call says what is known.
#[test]
fn dropped_and_stopped() {
    let service = Service::of([lost()]);
    let sending = Arc::clone(&service);
    let send = move |request| {
        let service = Arc::clone(&sending);
        async move { service.send(request).await }
    };
    let mut call = call();
    let limit = Duration::from_millis(200);
    let sleeper = |_| std::future::pending();
    let outcome = runtime().block_on(async { time::timeout(limit, call.run_async(send, sleeper, || 0.5)).await });
    assert!(outcome.is_err());
    assert_eq!((call.attempts(), call.effect()), (1, Effect::Unknown));
    let Outcome::GaveUp(gave_up) = call.stop() else { panic!("{call:?}") };
    assert_eq!(gave_up.effect, Effect::Unknown);
}

/// A timeout around the whole drops the future where it waits, and sends no more.
#[test]
fn dropped() {
    let service = Service::of([lost(), answer(200, REGISTERED)]);
    let sleeper = |_| std::future::pending();
    let sending = Arc::clone(&service);
    let send = move |request| {
        let service = Arc::clone(&sending);
        async move { service.send(request).await }
    };
    let outcome = runtime()
        .block_on(async { time::timeout(Duration::from_millis(20), call().run_async(send, sleeper, || 0.5)).await });
    assert!(outcome.is_err());
    assert_eq!(service.asked.lock().unwrap().len(), 1);
}
