//! The orders of all users, stored in memory.

use serde::{Deserialize, Serialize};
use std::sync::{Mutex, PoisonError};

#[derive(Clone, Serialize)]
pub(crate) struct Order {
    id: usize,
    by: String,
    item: String,
}

/// The body of a request that places an order.
#[derive(Deserialize)]
pub(crate) struct NewOrder {
    item: String,
}

#[derive(Default)]
pub(crate) struct Orders {
    all: Mutex<Vec<Order>>,
}

impl Orders {
    pub(crate) fn by(&self, subject: &str) -> Vec<Order> {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().filter(|order| order.by == subject).cloned().collect()
    }

    pub(crate) fn place(&self, subject: String, new: NewOrder) -> Order {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let order = Order { id: all.len() + 1, by: subject, item: new.item };
        all.push(order.clone());
        order
    }
}
