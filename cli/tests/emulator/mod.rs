//! The command `serve`, started for a test.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses its part")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use ec2_register_image::wire::query;
use http::Response;

/// The server. It stops with the test.
pub struct FakeEc2 {
    process: Child,
    pub address: String,
    /// What it prints about requests.
    pub lines: BufReader<ChildStdout>,
}

impl Drop for FakeEc2 {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The command, before its options.
pub fn serve() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ec2-register-image"));
    command.arg("serve");
    command
}

impl FakeEc2 {
    #[track_caller]
    pub fn start(arguments: &[&str]) -> Self {
        let mut process = serve().args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        let mut first = String::new();
        lines.read_line(&mut first).unwrap();
        let address = first.trim_end().strip_prefix("listening on http://").unwrap_or_else(|| panic!("{first:?}"));
        assert!(address.starts_with("127.0.0.1:"), "{address}");
        Self { address: address.to_owned(), process, lines }
    }

    /// The raw response to a body; nothing if the connection is closed.
    pub fn send_raw(&self, content_type: &str, body: &str) -> Vec<u8> {
        self.send_with(&format!("Host: {}\r\nContent-Type: {content_type}", self.address), body)
    }

    /// The raw response to a body that is sent with these headers.
    pub fn send_with(&self, headers: &str, body: &str) -> Vec<u8> {
        let mut stream = self.begin(headers, body);
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        answer
    }

    /// Sends a request.
    pub fn begin(&self, headers: &str, body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        write!(stream, "POST / HTTP/1.1\r\n{headers}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        stream
    }

    /// The body of the response to a form that is sent with these headers.
    pub fn body_with(&self, headers: &str, form: &str) -> String {
        let headers = format!("Content-Type: {}\r\n{headers}", query::CONTENT_TYPE);
        String::from_utf8(response(&self.send_with(&headers, form)).into_body()).unwrap()
    }

    pub fn body(&self, form: &str) -> String {
        self.body_with(&format!("Host: {}", self.address), form)
    }
}

/// Reads a response, whose body may be shorter than its head says.
pub fn response(answer: &[u8]) -> Response<Vec<u8>> {
    let mut headers = [httparse::EMPTY_HEADER; 16];
    let mut head = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(start) = head.parse(answer).unwrap() else {
        panic!("no whole head in {:?}", String::from_utf8_lossy(answer));
    };
    let response = Response::builder().status(head.code.unwrap());
    let response = head.headers.iter().fold(response, |response, it| response.header(it.name, it.value));
    response.body(answer[start..].to_vec()).unwrap()
}
