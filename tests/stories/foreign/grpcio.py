"""A gRPC client that nobody of ours wrote: grpcio, which learns the contract by reflection.

Usage: grpcio.py GATEWAY, or a service's own port

Reads one call a line, makes them side by side, and writes what comes of each, as it comes:

    in   {"call": 1, "target": "127.0.0.1:8080", "path": "/labelmesh.tasks.v1.TaskService/GetTask",
          "messages": [{"taskId": "..."}], "metadata": {"authorization": "Bearer ..."}, "timeout": 30}
    out  {"call": 1, "answer": {...}}
         {"call": 1, "code": "NOT_FOUND", "message": "...", "details": [{"@type": "...", "reason": "..."}]}

A message that is a string instead of an object goes out as these bytes, in hexadecimal digits, whatever they mean.
"""

import concurrent.futures
import functools
import json
import sys
import threading

import grpc
from google.protobuf import descriptor_pool, json_format, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

# Streams that stay open hold a thread each.
THREADS = 24

channel = functools.cache(grpc.insecure_channel)
writing = threading.Lock()
learning = threading.Lock()


def learned(gateway):
    """All that is listed there, and what details hold. What else is described is learned when it is called."""
    described = ProtoReflectionDescriptorDatabase(channel(gateway))
    contract = descriptor_pool.DescriptorPool(described)
    for service in described.get_services():
        contract.FindServiceByName(service)
    for message in ("google.rpc.Status", "google.rpc.ErrorInfo"):
        contract.FindMessageTypeByName(message)
    return contract


pool = learned(sys.argv[1])


def make(call):
    """Makes a call to its end, in the way its method is declared."""
    service, name = call["path"].lstrip("/").split("/")
    with learning:
        method = pool.FindServiceByName(service).FindMethodByName(name)
    kind = f"{side(method.client_streaming)}_{side(method.server_streaming)}"
    stub = getattr(channel(call["target"]), kind)(
        call["path"], functools.partial(encode, method.input_type), message_class(method.output_type).FromString
    )
    messages = call["messages"]
    try:
        answers = stub(
            iter(messages) if method.client_streaming else messages[0],
            metadata=list(call["metadata"].items()), timeout=call["timeout"],
        )
        for answer in answers if method.server_streaming else [answers]:
            say(call, answer=json_format.MessageToDict(answer, descriptor_pool=pool))
        say(call, code="OK", message="", details=[])
    except grpc.RpcError as error:
        say(call, code=error.code().name, message=error.details(), details=details(error))


def side(streaming):
    return "stream" if streaming else "unary"


def message_class(descriptor):
    return message_factory.GetMessageClass(descriptor)


def encode(descriptor, message):
    if isinstance(message, str):
        return bytes.fromhex(message)
    return json_format.ParseDict(message, message_class(descriptor)()).SerializeToString()


def details(error):
    """What `grpc-status-details-bin` holds."""
    status = message_class(pool.FindMessageTypeByName("google.rpc.Status"))()
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            status.ParseFromString(value)
    return json_format.MessageToDict(status, descriptor_pool=pool).get("details", [])


def say(call, **what):
    with writing:
        print(json.dumps({"call": call["call"], **what}), flush=True)


def attempt(call):
    try:
        make(call)
    except Exception as error:  # what is wrong with the call itself is for the story to tell
        say(call, broken=repr(error))


with concurrent.futures.ThreadPoolExecutor(THREADS) as threads:
    for line in sys.stdin:
        threads.submit(attempt, json.loads(line))
