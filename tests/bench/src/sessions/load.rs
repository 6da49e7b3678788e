//! The load: connections that ask as fast as they are answered, all on one thread.

use crate::conversation::{Answer, Conversation, Request};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::task::{JoinSet, LocalSet};

/// What one connection asks, and what it makes of the answer before it asks again.
pub trait Talk: 'static {
    fn request(&mut self) -> Spoken;
    /// Told the answer; an error ends the measurement.
    fn hear(&mut self, answer: &Answer<'_>) -> Result<(), String>;
}

/// A request with texts of its own.
pub struct Spoken {
    pub line: &'static str,
    pub headers: Vec<String>,
    pub body: String,
}

/// Connections to one server that stay open between rounds, with what each has to say.
pub struct Crowd<T> {
    speakers: Vec<(Conversation, T)>,
}

impl<T: Talk> Crowd<T> {
    pub fn gather(runtime: &Runtime, address: SocketAddr, talks: Vec<T>) -> Self {
        let connect = async |talk| {
            let conversation = Conversation::start(address).await.expect("the server takes connections");
            (conversation, talk)
        };
        let mut speakers = Vec::new();
        for talk in talks {
            speakers.push(runtime.block_on(connect(talk)));
        }
        Self { speakers }
    }

    /// Answers a second. What is asked when the time is over is still answered, and not counted.
    pub fn speak(&mut self, runtime: &Runtime, time: Duration) -> f64 {
        let speakers = std::mem::take(&mut self.speakers);
        let local = LocalSet::new();
        let (back, answers) = local.block_on(runtime, async move {
            let mut all = JoinSet::new();
            let end = Instant::now() + time;
            for (conversation, talk) in speakers {
                all.spawn_local(speak_until(end, conversation, talk));
            }
            let mut back = Vec::new();
            let mut answers = 0u32;
            while let Some(ended) = all.join_next().await {
                let (speaker, heard) = ended.expect("no speaker panics").unwrap_or_else(|error| panic!("{error}"));
                back.push(speaker);
                answers += heard;
            }
            (back, answers)
        });
        self.speakers = back;
        f64::from(answers) / time.as_secs_f64()
    }
}

async fn speak_until<T: Talk>(
    end: Instant,
    mut conversation: Conversation,
    mut talk: T,
) -> Result<((Conversation, T), u32), String> {
    let mut heard = 0;
    while Instant::now() < end {
        say(&mut conversation, &mut talk).await?;
        heard += u32::from(Instant::now() < end);
    }
    Ok(((conversation, talk), heard))
}

/// One request and its answer.
pub async fn say<T: Talk>(conversation: &mut Conversation, talk: &mut T) -> Result<(), String> {
    let Spoken { line, headers, body } = talk.request();
    let headers: Vec<_> = headers.iter().map(String::as_str).collect();
    let request = Request { line, headers: &headers, body: &body };
    let answer = conversation.ask(&request).await.map_err(|error| format!("{line}: {error}"))?;
    let status = answer.status;
    talk.hear(&answer).map_err(|what| format!("{line}: {status}, {what}: {}{}", answer.head, answer.body))
}
