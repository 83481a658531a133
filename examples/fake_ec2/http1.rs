//! As much of HTTP/1.1 as it takes to decide when a connection ends: a request a connection, bodies with a length.

use std::error::Error;
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;

use ec2_register_image::wire::Body;
use http::{Request, Response, header};

/// More than the decoders take, so that they can say so.
const LIMIT: usize = 4 * 1024 * 1024;

pub fn read(stream: &mut TcpStream) -> Result<Request<Vec<u8>>, Box<dyn Error>> {
    let mut bytes = Vec::new();
    let (request, start) = loop {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut head = httparse::Request::new(&mut headers);
        if let httparse::Status::Complete(start) = head.parse(&bytes)? {
            let request = Request::builder().method(head.method.unwrap_or_default()).uri(head.path.unwrap_or_default());
            break (head.headers.iter().fold(request, |request, it| request.header(it.name, it.value)), start);
        }
        read_more(stream, &mut bytes)?;
    };
    let mut request = request.body(bytes.split_off(start))?;
    let length = request.headers().get(header::CONTENT_LENGTH).map_or(Ok("0"), |length| length.to_str())?.parse()?;
    while request.body().len() < length {
        read_more(stream, request.body_mut())?;
    }
    request.body_mut().truncate(length);
    Ok(request)
}

fn read_more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> io::Result<()> {
    let mut part = [0; 16 * 1024];
    let length = stream.read(&mut part)?;
    if length == 0 || bytes.len() > LIMIT {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    bytes.extend_from_slice(&part[..length]);
    Ok(())
}

/// Writes an answer, of its body only so many bytes.
pub fn write(stream: &mut TcpStream, response: &Response<Body>, length: usize) -> io::Result<()> {
    let mut bytes = format!("HTTP/1.1 {}\r\n", response.status()).into_bytes();
    for (name, value) in response.headers() {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    write!(bytes, "content-length: {}\r\nconnection: close\r\n\r\n", response.body().len())?;
    bytes.extend_from_slice(&response.body().as_ref()[..length]);
    stream.write_all(&bytes)
}
