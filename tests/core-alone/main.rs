//! Evidence that needs nothing but the core, and is built without the rest of the product: a change of the core, or a mutant
//! of it, has little built anew.

mod properties;
mod vectors;
