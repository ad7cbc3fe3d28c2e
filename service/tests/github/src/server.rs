//! The HTTP server: connections in, requests whole, answers out as the layers want them, broken ones among them.
//!
//! It knows nothing of GitHub. A connection can be ended at any point of an answer: that is what it is hyper for.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Channel, combinators::BoxBody};
use hyper::body::Incoming as Body;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::layers;
use crate::shared::Shared;

/// A request, whole.
#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Bytes,
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

impl Reply {
    /// Plain text.
    pub(crate) fn text(status: u16, text: &str) -> Self {
        let headers = vec![("content-type".to_owned(), "text/plain; charset=utf-8".to_owned())];
        Self { status, headers, body: Bytes::copy_from_slice(text.as_bytes()) }
    }
}

/// What becomes of a request.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// This answer.
    Reply(Reply),
    /// This answer, a byte at a time with so long between them.
    Dribble(Reply, Duration),
    /// The first half of this answer, then the connection ends.
    Cut(Reply),
    /// The connection ends.
    Drop,
    /// Nothing.
    Hang,
}

type Answered = Response<BoxBody<Bytes, Infallible>>;

/// Takes connections until it is told to stop.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        tokio::select! {
            () = shared.stop.notified() => return,
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    tokio::spawn(connection(stream, Arc::clone(&shared)));
                }
            }
        }
    }
}

/// One connection, until either side ends it.
async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    // Without it small answers wait for the client's acknowledgement. A socket that refuses is only slower.
    let _ = stream.set_nodelay(true);
    let end = Arc::new(Notify::new());
    let ended = Arc::clone(&end);
    let service = service_fn(move |request: Request<Body>| {
        let (shared, end) = (Arc::clone(&shared), Arc::clone(&end));
        async move { Ok::<_, Infallible>(answer(request, shared, end).await) }
    });
    let serving = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        // A client that goes away in mid-request is no fault of ours.
        _ = serving => {}
        () = ended.notified() => {}
    }
}

async fn answer(request: Request<Body>, shared: Arc<Shared>, end: Arc<Notify>) -> Answered {
    let (head, body) = request.into_parts();
    let Ok(body) = body.collect().await else {
        end.notify_one();
        return std::future::pending().await;
    };
    let headers = head.headers.iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    let incoming = Incoming {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: headers.collect(),
        body: body.to_bytes(),
    };
    match layers::respond(&shared, incoming).await {
        Outcome::Reply(reply) => whole(&reply),
        Outcome::Dribble(reply, between) => dribbled(reply, between),
        Outcome::Cut(reply) => cut(reply, end),
        Outcome::Drop => {
            end.notify_one();
            std::future::pending().await
        }
        Outcome::Hang => std::future::pending().await,
    }
}

/// Status and headers, with a body.
fn with_body(reply: &Reply, body: BoxBody<Bytes, Infallible>) -> Answered {
    let mut builder = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        builder = builder.header(name, value);
    }
    builder.body(body).unwrap_or_else(|_| Response::new(BoxBody::default()))
}

fn whole(reply: &Reply) -> Answered {
    with_body(reply, http_body_util::Full::new(reply.body.clone()).boxed())
}

fn dribbled(mut reply: Reply, between: Duration) -> Answered {
    let (mut sender, channel) = Channel::<Bytes, Infallible>::new(1);
    let bytes = reply.body.clone();
    reply.headers.push(("content-length".to_owned(), bytes.len().to_string()));
    tokio::spawn(async move {
        for at in 0..bytes.len() {
            if sender.send_data(bytes.slice(at..=at)).await.is_err() {
                return;
            }
            tokio::time::sleep(between).await;
        }
    });
    with_body(&reply, channel.boxed())
}

fn cut(mut reply: Reply, end: Arc<Notify>) -> Answered {
    let (mut sender, channel) = Channel::<Bytes, Infallible>::new(1);
    let half = reply.body.slice(..reply.body.len() / 2);
    reply.headers.push(("content-length".to_owned(), reply.body.len().max(1).to_string()));
    tokio::spawn(async move {
        let _ = sender.send_data(half).await;
        // The half is on its way before the connection goes.
        tokio::time::sleep(Duration::from_millis(20)).await;
        end.notify_one();
    });
    with_body(&reply, channel.boxed())
}
