//! As much of HTTP/1.1 as it takes to decide when a connection ends: a request a connection, bodies with a length.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use ec2_register_image::wire::Body;
use http::{Request, Response, header};

use super::Failure;

pub fn read(stream: &TcpStream) -> Result<Request<Vec<u8>>, Failure> {
    // More than the decoders take, so that they can say so.
    let mut reader = BufReader::new(stream).take(4 << 20);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if reader.read_until(b'\n', &mut head)? == 0 {
            return Err("the head of a request was cut off or too long".into());
        }
    }
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Request::new(&mut headers);
    parsed.parse(&head)?;
    let request = Request::builder().method(parsed.method.unwrap_or_default()).uri(parsed.path.unwrap_or_default());
    let request = parsed.headers.iter().fold(request, |request, it| request.header(it.name, it.value));
    let mut request = request.body(Vec::new())?;
    let length = request.headers().get(header::CONTENT_LENGTH).map_or(Ok("0"), |length| length.to_str())?.parse()?;
    if reader.take(length).read_to_end(request.body_mut())? as u64 != length {
        return Err("the body of a request was cut off or too long".into());
    }
    Ok(request)
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
