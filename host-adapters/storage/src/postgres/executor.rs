//! Single statements on a connection of the pool, each within the limit.

use super::pool::PostgresPool;
use futures_core::Stream;
use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use sqlx::postgres::{PgQueryResult, PgRow, PgStatement, PgTypeInfo};
use sqlx::{Either, Execute, Executor, Postgres, SqlStr};
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

type Step = Either<PgQueryResult, PgRow>;

impl<'p> Executor<'p> for &'p PostgresPool {
    type Database = Postgres;

    /// Reads the whole answer before the first row is handed on, so that the connection is free again.
    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, sqlx::Result<Step>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let answer = self.within_limit(async move {
            let mut connection = self.acquire().await?;
            let answer = gather((&mut *connection).fetch_many(query)).await;
            connection.finish(&answer);
            answer
        });
        Box::pin(Answer::Awaited(Box::pin(answer)))
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, sqlx::Result<Option<PgRow>>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        Box::pin(self.within_limit(async move {
            let mut connection = self.acquire().await?;
            let answer = (&mut *connection).fetch_optional(query).await;
            connection.finish(&answer);
            answer
        }))
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [PgTypeInfo]) -> BoxFuture<'e, sqlx::Result<PgStatement>>
    where
        'p: 'e,
    {
        Box::pin(self.within_limit(async move {
            let mut connection = self.acquire().await?;
            let prepared = (&mut *connection).prepare_with(sql, parameters).await;
            connection.finish(&prepared);
            prepared
        }))
    }
}

async fn gather(mut answer: BoxStream<'_, sqlx::Result<Step>>) -> sqlx::Result<Vec<Step>> {
    let mut steps = Vec::new();
    while let Some(step) = poll_fn(|context| answer.as_mut().poll_next(context)).await {
        steps.push(step?);
    }
    Ok(steps)
}

/// An answer as a stream of its steps.
enum Answer<'e> {
    Awaited(BoxFuture<'e, sqlx::Result<Vec<Step>>>),
    Read(std::vec::IntoIter<Step>),
}

impl Stream for Answer<'_> {
    type Item = sqlx::Result<Step>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Self::Awaited(answer) = &mut *self {
            let answer = ready!(answer.as_mut().poll(context));
            match answer {
                Ok(steps) => *self = Self::Read(steps.into_iter()),
                Err(error) => {
                    *self = Self::Read(Vec::new().into_iter());
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
        match &mut *self {
            Self::Read(steps) => Poll::Ready(steps.next().map(Ok)),
            Self::Awaited(_) => Poll::Pending,
        }
    }
}
