#!lua name=quotes
-- Every write of the services. The store loads this file at its start; no service may send a script of its own.
-- A function changes a record, its place in the list and the stream together or not at all.
-- KEYS: data, ids, version, changes, secrets; of create_record a sixth, where the request has an Idempotency-Key.
-- ARGV: id, time in ms, '1' if others follow the data set, then what each function says.

-- Entries that the stream keeps, about: a follower that falls further behind reads everything again.
local STREAM_LENGTH = 10000
-- Seconds for which the answer to an Idempotency-Key is kept.
local ANSWER_SECONDS = 86400
-- Where the revision stands in stored JSON: {"revision":"0123456789ab", ...
local REVISION_FIRST, REVISION_LAST = 14, 25

-- Comes before every other change: XADD is the only command here that the store may reject (an entry id below the last one).
-- A data set that nobody follows has no stream: it would keep what was deleted, names included.
local function announce(keys, args, op, json)
  local version = string.format('%d', redis.call('INCR', keys[3]))
  if args[3] ~= '1' then
    redis.call('DEL', keys[4])
    return
  end
  local entry = { 'op', op, 'id', args[1], 'at', args[2] }
  if json then
    entry[7], entry[8] = 'json', json
  end
  redis.call('XADD', keys[4], 'MAXLEN', '~', STREAM_LENGTH, version, unpack(entry))
end

-- An answer that changes nothing rests on what others wrote. WAITAOF waits for the writes of its own connection only, so
-- this writes the version as it is: the answer then waits until that, and all before it, is on every disk.
local function unchanged(keys, answer)
  redis.call('INCRBY', keys[3], '0')
  return answer
end

-- ARGV: json, secret or '', fingerprint of the payload or ''.
-- Returns 1; 0 where the id is taken; of a known Idempotency-Key the stored JSON, or -1 where the payload is another.
local function create_record(keys, args)
  local id, json, secret, fingerprint = args[1], args[4], args[5], args[6]
  local earlier = keys[6] and redis.call('GET', keys[6])
  if earlier then
    if string.sub(earlier, 1, #fingerprint) ~= fingerprint then return unchanged(keys, -1) end
    return unchanged(keys, string.sub(earlier, #fingerprint + 1))
  end
  if redis.call('HEXISTS', keys[1], id) == 1 then return unchanged(keys, 0) end
  announce(keys, args, 'put', json)
  redis.call('HSET', keys[1], id, json)
  redis.call('ZADD', keys[2], 0, id)
  if secret ~= '' then redis.call('HSET', keys[5], id, secret) end
  if keys[6] then redis.call('SET', keys[6], fingerprint .. json, 'EX', ANSWER_SECONDS) end
  return 1
end

-- ARGV: json, expected revision. Returns 1; 0 where there is no record; -1 where its revision is another.
local function replace_record(keys, args)
  local id, json, revision = args[1], args[4], args[5]
  local current = redis.call('HGET', keys[1], id)
  if not current then return unchanged(keys, 0) end
  if string.sub(current, REVISION_FIRST, REVISION_LAST) ~= revision then return unchanged(keys, -1) end
  announce(keys, args, 'put', json)
  redis.call('HSET', keys[1], id, json)
  return 1
end

-- ARGV: expected revision or ''. Returns 1; 0 where there is no record; -1 where its revision is another.
local function remove_record(keys, args)
  local id, revision = args[1], args[4]
  local current = redis.call('HGET', keys[1], id)
  if not current then return unchanged(keys, 0) end
  if revision ~= '' and string.sub(current, REVISION_FIRST, REVISION_LAST) ~= revision then return unchanged(keys, -1) end
  announce(keys, args, 'del')
  redis.call('HDEL', keys[1], id)
  redis.call('ZREM', keys[2], id)
  redis.call('HDEL', keys[5], id)
  return 1
end

redis.register_function('create_record', create_record)
redis.register_function('replace_record', replace_record)
redis.register_function('remove_record', remove_record)
