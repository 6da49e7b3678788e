"""The samples for Envoy, ingress-nginx and Traefik: every name in them is one that the proxy knows.

Envoy's names and types are those of its own messages (envoy-data-plane). Traefik's and ingress-nginx's are those of their
documentation. This reads the samples and does not run the proxies.

    python samples.py FOLDER
"""

import dataclasses
import enum
import importlib
import sys
import types
import typing
from pathlib import Path

import yaml

GATE_HEADERS = ["X-Auth-Subject", "X-Auth-Scope", "X-Auth-Issuer", "X-Auth-Client", "X-Auth-Token-Id", "X-Auth-Expires"]


class Wrong(Exception):
    pass


def expect(condition, place, words):
    if not condition:
        raise Wrong(f"{place}: {words}")


# Envoy


def message(name):
    """The class of a message by its full name, such as envoy.config.bootstrap.v3.Bootstrap."""
    package, _, cls = name.rpartition(".")
    try:
        return getattr(importlib.import_module(f"envoy_data_plane.{package}"), cls)
    except (ImportError, AttributeError) as error:
        raise Wrong(f"Envoy has no message {name}: {error}") from error


def alternatives(kind):
    """The types that a field may have, without Optional and Annotated."""
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return [found for part in typing.get_args(kind) if part is not type(None) for found in alternatives(part)]
    if origin is typing.Annotated:
        return alternatives(typing.get_args(kind)[0])
    return [kind]


def envoy_value(value, kind, place):
    for kind in alternatives(kind):
        origin = typing.get_origin(kind)
        if origin is list:
            expect(isinstance(value, list), place, "a list is needed")
            for index, element in enumerate(value):
                envoy_value(element, typing.get_args(kind)[0], f"{place}[{index}]")
        elif origin is dict:
            expect(isinstance(value, dict), place, "a map is needed")
        elif dataclasses.is_dataclass(kind) and isinstance(value, dict):
            envoy_message(value, kind, place)
        elif isinstance(kind, type) and issubclass(kind, enum.Enum):
            expect(value in kind.__members__, place, f"{value!r} is not one of {list(kind.__members__)}")
        elif kind in (str, bool):
            expect(isinstance(value, kind), place, f"{value!r} is no {kind.__name__}")
        elif kind in (int, float):
            expect(isinstance(value, (int, float)) and not isinstance(value, bool), place, f"{value!r} is no number")
        elif dataclasses.is_dataclass(kind) or "timedelta" in str(kind):
            # A duration, or a number that may be absent: JSON writes them as one value.
            expect(isinstance(value, (str, int, float, bool)), place, f"{value!r} is no {kind}")
        else:
            raise Wrong(f"{place}: the type {kind} is not known here")


def envoy_message(value, cls, place):
    if "@type" in value:
        url = value["@type"]
        expect(url.startswith("type.googleapis.com/"), place, url)
        cls = message(url.removeprefix("type.googleapis.com/"))
        value = {name: member for name, member in value.items() if name != "@type"}
    hints = typing.get_type_hints(cls, include_extras=True)
    known = {field.name.rstrip("_") for field in dataclasses.fields(cls)}
    for name, member in value.items():
        expect(name in known, place, f"{cls.__name__} has no field {name!r}; it has {sorted(known)}")
        hint = hints.get(name) or hints[f"{name}_"]
        envoy_value(member, hint, f"{place}.{name}")


def envoy(sample):
    envoy_message(sample, message("envoy.config.bootstrap.v3.Bootstrap"), "envoy.yaml")
    clusters = {cluster["name"] for cluster in sample["static_resources"]["clusters"]}
    text = str(sample)
    for name in ("gate", "orders"):
        expect(f"'cluster': '{name}'" in text and name in clusters, "envoy.yaml", f"the cluster {name} is missing")
    expect(text.count("'remove': 'x-auth-") == len(GATE_HEADERS), "envoy.yaml", "each header of the gate is removed first")


# Traefik: https://doc.traefik.io/traefik/reference/routing-configuration/

TRAEFIK = {
    "http": {
        "middlewares": {"*": {"forwardAuth": {
            "address": str, "trustForwardHeader": bool, "authResponseHeaders": [str], "authResponseHeadersRegex": str,
            "authRequestHeaders": [str], "addAuthCookiesToResponse": [str], "forwardBody": bool, "maxBodySize": int,
            "headerField": str, "preserveLocationHeader": bool, "preserveRequestMethod": bool,
        }}},
        "routers": {"*": {
            "entryPoints": [str], "rule": str, "ruleSyntax": str, "priority": int, "middlewares": [str], "service": str,
        }},
        "services": {"*": {"loadBalancer": {"servers": [{"url": str, "weight": int, "preservePath": bool}]}}},
    }
}

# Kubernetes networking.k8s.io/v1 Ingress; https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/

ANNOTATION = "nginx.ingress.kubernetes.io/"
INGRESS = {
    "apiVersion": str,
    "kind": str,
    "metadata": {"name": str, "namespace": str, "annotations": {
        f"{ANNOTATION}{name}": str for name in (
            "auth-url", "auth-method", "auth-signin", "auth-response-headers", "auth-proxy-set-headers", "auth-cache-key",
            "auth-cache-duration", "auth-always-set-cookie", "auth-snippet", "auth-keepalive", "proxy-buffer-size",
            "proxy-buffers-number", "proxy-buffering", "proxy-body-size",
        )
    }},
    "spec": {"ingressClassName": str, "rules": [{"host": str, "http": {"paths": [{
        "path": str, "pathType": str,
        "backend": {"service": {"name": str, "port": {"name": str, "number": int}}},
    }]}}]},
}


def documented(value, shape, place):
    if isinstance(shape, dict):
        expect(isinstance(value, dict), place, "a map is needed")
        for name, member in value.items():
            expect(name in shape or "*" in shape, place, f"{name!r} is not documented; documented are {sorted(shape)}")
            documented(member, shape.get(name, shape.get("*")), f"{place}.{name}")
    elif isinstance(shape, list):
        expect(isinstance(value, list), place, "a list is needed")
        for index, element in enumerate(value):
            documented(element, shape[0], f"{place}[{index}]")
    else:
        expect(type(value) is shape, place, f"{value!r} is no {shape.__name__}")


def traefik(sample):
    documented(sample, TRAEFIK, "traefik.yml")
    http = sample["http"]
    for name, router in http["routers"].items():
        expect(router["service"] in http["services"], f"traefik.yml.{name}", "its service is missing")
        expect(all(one in http["middlewares"] for one in router["middlewares"]), f"traefik.yml.{name}", "no such middleware")
    headers = http["middlewares"]["good-token"]["forwardAuth"]["authResponseHeaders"]
    expect(sorted(headers) == sorted(GATE_HEADERS), "traefik.yml", f"authResponseHeaders is {headers}")


def ingress(sample):
    documented(sample, INGRESS, "ingress-nginx.yml")
    expect((sample["apiVersion"], sample["kind"]) == ("networking.k8s.io/v1", "Ingress"), "ingress-nginx.yml", "no Ingress")
    for rule in sample["spec"]["rules"]:
        for path in rule["http"]["paths"]:
            kinds = ("Exact", "Prefix", "ImplementationSpecific")
            expect(path["pathType"] in kinds, "ingress-nginx.yml", f"pathType is not one of {kinds}")
    headers = sample["metadata"]["annotations"][f"{ANNOTATION}auth-response-headers"].strip().split(",")
    expect(sorted(headers) == sorted(GATE_HEADERS), "ingress-nginx.yml", f"auth-response-headers is {headers}")


def refuses_a_wrong_name(check, text, right, wrong):
    """A check that could not fail would show nothing."""
    expect(right in text, right, "not in the sample")
    try:
        check(yaml.safe_load(text.replace(right, wrong)))
    except Wrong:
        return
    raise Wrong(f"{wrong!r} in place of {right!r} is not noticed")


def main(folder):
    for name, check, right, wrong in (
        ("envoy.yaml", envoy, "path_prefix", "path_prefixes"),
        ("envoy.yaml", envoy, "failure_mode_allow: false", "failure_mode_allow: 7"),
        ("envoy.yaml", envoy, "type: STATIC", "type: FIXED"),
        ("envoy.yaml", envoy, "ext_authz.v3.ExtAuthz", "ext_authz.v3.ExternalAuthorization"),
        ("ingress-nginx.yml", ingress, "auth-response-headers:", "auth-response-header:"),
        ("traefik.yml", traefik, "authResponseHeaders", "responseHeaders"),
    ):
        text = (folder / name).read_text()
        check(yaml.safe_load(text))
        refuses_a_wrong_name(check, text, right, wrong)
        print(f"{name}: every name is known; {wrong!r} would not be")


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except Wrong as error:
        sys.exit(str(error))
