"""Runs Debian's Radicale until standard input ends.

Arguments: those of radicale. Standard input is a pipe of the test: when the
test ends, however it ends, so does the server.
"""
import os
import runpy
import sys
import threading


def watch():
    os.read(0, 1)
    os._exit(0)


threading.Thread(target=watch, daemon=True).start()
runpy.run_module("radicale", run_name="__main__")
