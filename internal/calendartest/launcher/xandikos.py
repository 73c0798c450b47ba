"""Runs Debian's Xandikos for several users until standard input ends.

Arguments: the data directory, the port (0 for any free one), and one
user:password for each user. Xandikos knows neither users nor passwords and
asks for a proxy in front of it: this is one, with HTTP Basic and one
application for each user, who is confined to /user/.
"""
import base64
import os
import socket
import sys
import threading

from aiohttp import web
from xandikos.web import XandikosApp, XandikosBackend


def watch():
    os.read(0, 1)
    os._exit(0)


threading.Thread(target=watch, daemon=True).start()

root, port = sys.argv[1], int(sys.argv[2])
users = dict(pair.split(":", 1) for pair in sys.argv[3:])
backend = XandikosBackend(root)
apps = {}
for name in users:
    backend.create_principal("/%s/" % name, create_defaults=True)
    apps[name] = XandikosApp(backend, current_user_principal="/%s/" % name)


def who(request):
    kind, _, blob = request.headers.get("Authorization", "").partition(" ")
    try:
        name, _, password = base64.b64decode(blob).decode().partition(":")
    except ValueError:
        return None
    known = kind.lower() == "basic" and users.get(name) == password
    return name if known else None


async def handle(request):
    name = who(request)
    if name is None:
        return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="xandikos"'})
    path = "/" + request.match_info["path_info"].lstrip("/")
    if path.startswith("/.well-known/"):
        return web.Response(status=302, headers={"Location": "/%s/" % name})
    if path != "/" and not (path + "/").startswith("/%s/" % name):
        return web.Response(status=403)
    return await apps[name].aiohttp_handler(request, "/")


server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", port))
server.listen(128)
print("Listening on '127.0.0.1:%d'" % server.getsockname()[1], file=sys.stderr, flush=True)

app = web.Application(client_max_size=16 * 2**20)
app.router.add_route("*", "/{path_info:.*}", handle)
web.run_app(app, sock=server, print=None)
