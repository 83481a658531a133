//! A connection whose response can be cut in the middle, which no HTTP server does by itself.

use std::io::{Error, ErrorKind, Result};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// How much of a response is sent before the connection closes.
#[derive(Clone, Copy, Debug)]
pub enum Cut {
    /// Nothing.
    All,
    /// The head, and this many bytes of the body.
    Body(usize),
}

/// Whether the response on a connection is cut; decided before the server writes it.
pub type SharedCut = Arc<OnceLock<Cut>>;

pub struct Stream {
    inner: TcpStream,
    cut: SharedCut,
    /// The bytes that may still be written, once the response is cut.
    left: Option<usize>,
}

impl Stream {
    pub fn new(inner: TcpStream, cut: SharedCut) -> Self {
        Self { inner, cut, left: None }
    }
}

/// The bytes to send of a response that begins with `start`, which holds at least its head.
fn allowance(cut: Cut, start: &[u8]) -> usize {
    match cut {
        Cut::All => 0,
        Cut::Body(length) => start.windows(4).position(|it| it == b"\r\n\r\n").map_or(0, |head| head + 4 + length),
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let Some(cut) = self.cut.get().copied() else { return Pin::new(&mut self.inner).poll_write(cx, bytes) };
        let left = *self.left.get_or_insert_with(|| allowance(cut, bytes));
        let Some(sent @ [_, ..]) = bytes.get(..left.min(bytes.len())) else {
            return Poll::Ready(Err(Error::new(ErrorKind::BrokenPipe, "the response is cut here")));
        };
        let written = ready!(Pin::new(&mut self.inner).poll_write(cx, sent))?;
        self.left = Some(left - written);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, bytes)
    }
}
