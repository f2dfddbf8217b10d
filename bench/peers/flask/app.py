"""The original design, small and faithful: Flask behind gunicorn, redis-py, no index, JSON parsed and written on every request."""

import json
import os
import uuid

import redis
from flask import Flask, jsonify, request

app = Flask(__name__)
store = redis.Redis.from_url(os.environ["REDIS_URL"])
ADMIN_KEY = os.environ["ADMIN_KEY"]


def read_all():
    return [json.loads(value) for value in store.hgetall("flask:quotes").values()]


@app.get("/health")
def health():
    return jsonify(status="ok")


@app.get("/quotes/<quote_id>")
def one(quote_id):
    value = store.hget("flask:quotes", quote_id)
    if value is None:
        return jsonify(error="not found"), 404
    return jsonify(json.loads(value))


@app.get("/quotes")
def page():
    """As it was: read all, slice."""
    offset, limit = int(request.args.get("offset", 0)), int(request.args.get("limit", 50))
    return jsonify(sorted(read_all(), key=lambda quote: quote["id"])[offset : offset + limit])


@app.get("/indexed")
def indexed():
    """What it would be with an index: the ids of a page from a sorted set, their quotes in one HMGET."""
    offset, limit = int(request.args.get("offset", 0)), int(request.args.get("limit", 50))
    ids = store.zrange("flask:ids", offset, offset + limit - 1)
    return jsonify([json.loads(value) for value in store.hmget("flask:quotes", ids)])


@app.post("/quotes")
def create():
    if request.headers.get("Authorization") != ADMIN_KEY:
        return jsonify(error="forbidden"), 401
    body = request.get_json()
    if not body.get("text") or not body.get("author"):
        return jsonify(error="text and author are required"), 400
    quote = {"id": body.get("id") or uuid.uuid4().hex, "text": body["text"], "author": body["author"]}
    if not store.hsetnx("flask:quotes", quote["id"], json.dumps(quote)):
        return jsonify(error="exists"), 409
    store.zadd("flask:ids", {quote["id"]: 0})
    return jsonify(quote), 201


@app.get("/search")
def search():
    """As it was: every quote is read and compared."""
    keyword, limit = request.args["keyword"].lower(), int(request.args.get("limit", 20))
    found = [quote for quote in read_all() if keyword in quote["text"].lower() or keyword in quote["author"].lower()]
    return jsonify(found[:limit])
