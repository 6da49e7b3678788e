//! Routes in the form that OAuth gives them.

mod error;
