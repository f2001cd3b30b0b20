"""What the environment says about the way to an endpoint: proxies, and whose certificates are trusted."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

import httpx

from pare.errors import ConfigError

_PORTS = {"http": 80, "https": 443}


def is_http_url(url: str) -> bool:
    """Say whether `url` is one that can be asked over HTTP."""
    try:
        parts = urlsplit(url)
        httpx.URL(url)
    except (ValueError, httpx.InvalidURL):
        return False
    return parts.scheme in _PORTS and bool(parts.hostname)


def proxy_for(url: str, environ: Mapping[str, str]) -> str | None:
    """Give the proxy that the variables HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY name for `url`.

    Raises:
        ConfigError: `url` is no HTTP URL, or the proxy speaks neither HTTP nor HTTPS.
    """
    if not is_http_url(url):
        raise ConfigError(f"{url!r} is no HTTP URL")
    parts = urlsplit(url)
    proxy = _variable(environ, f"{parts.scheme}_proxy") or _variable(environ, "all_proxy")
    if not proxy or _is_exempt(parts, _variable(environ, "no_proxy")):
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    if not is_http_url(proxy):
        scheme = proxy.partition("://")[0]
        raise ConfigError(f"this {scheme} proxy cannot be used: name an HTTP one, or the host in NO_PROXY")
    return proxy


def _variable(environ: Mapping[str, str], name: str) -> str:
    """Read a variable in lower or, as curl does not but everyone else, in upper case."""
    return (environ.get(name) or environ.get(name.upper()) or "").strip()


def _is_exempt(url: SplitResult, no_proxy: str) -> bool:
    return any(_matches(url, pattern.strip().lower()) for pattern in no_proxy.split(",") if pattern.strip())


def _matches(url: SplitResult, pattern: str) -> bool:
    """Say whether a word of NO_PROXY means `url`: ``*``, a host, a domain, ``host:port`` or a network."""
    host = url.hostname or ""
    if pattern == "*" or _is_within(host, pattern):
        return True
    name, colon, port = pattern.rpartition(":")
    if colon and port.isdigit() and "]" not in port and name.count(":") == 0:
        if int(port) != (url.port or _PORTS.get(url.scheme)):
            return False
        pattern = name
    domain = pattern.removeprefix("*").strip("[]").lstrip(".")
    return host == domain or host.endswith(f".{domain}")


def _is_within(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network.strip("[]"), strict=False)
    except ValueError:
        return False


def tls_context(environ: Mapping[str, str]) -> ssl.SSLContext:
    """Trust what SSL_CERT_FILE or SSL_CERT_DIR names, else the public certificate authorities.

    Raises:
        ConfigError: what they name cannot be read.
    """
    file, directory = environ.get("SSL_CERT_FILE"), environ.get("SSL_CERT_DIR")
    if not file and not directory:
        return httpx.create_ssl_context(trust_env=False)
    try:
        return ssl.create_default_context(cafile=file or None, capath=directory or None)
    except (OSError, ssl.SSLError) as error:
        named = f"SSL_CERT_FILE={file}" if file else f"SSL_CERT_DIR={directory}"
        raise ConfigError(f"{named}: no certificates can be read there ({error})") from None


def without_credentials(url: str) -> str:
    """Give `url` without user name, password and query: what may be shown."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"
