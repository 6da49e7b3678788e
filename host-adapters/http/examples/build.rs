//! Describes the gRPC service `orders.Orders` in Rust, so that the build needs no compiler for protocol buffers.

use tonic_build::manual::{Builder, Method, Service};

fn main() {
    let who_am_i = Method::builder()
        .name("who_am_i")
        .route_name("WhoAmI")
        .input_type("crate::WhoAmIRequest")
        .output_type("crate::WhoAmIReply")
        .codec_path("tonic_prost::ProstCodec")
        .build();
    let orders = Service::builder().package("orders").name("Orders").method(who_am_i).build();
    Builder::new().build_client(false).compile(&[orders]);
    println!("cargo::rerun-if-changed=build.rs");
}
