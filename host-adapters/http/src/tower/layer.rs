//! The guard as a layer.

use super::service::GuardService;
use crate::guard::Guard;
use tower_layer::Layer;

impl<S> Layer<S> for Guard {
    type Service = GuardService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        GuardService::new(self.clone(), inner)
    }
}
