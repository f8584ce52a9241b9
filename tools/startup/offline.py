"""Let no Python process reach anything but this machine.

Tests, the kernels that run the notebooks and the build of the book show in this way
that they need no network. An audit hook sees every connection, whichever library makes
it, and cannot be taken away again.
"""

import ipaddress
import socket
import sys


def local(host):
    """Whether a host name or address means this machine ('' and None are its own,
    too).
    """
    host = host.decode() if isinstance(host, bytes) else host
    if not host or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def is_address(host):
    """Whether `host` is a number already, which no server has to be asked for."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def stay_here(event, args):
    """Raise, as a machine without a network would, when a program turns to another
    one.
    """
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        sock, address = args
        if sock.family not in (socket.AF_INET, socket.AF_INET6) or address is None:
            return
        allowed, host = local(address[0]), address[0]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = args[0]
        allowed = local(host) or is_address(host)
    else:
        return
    if not allowed:
        raise PermissionError(f"no network here: {event} to {host!r}")


sys.addaudithook(stay_here)
