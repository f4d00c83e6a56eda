"""PUT /api/v1/sessions/{id} writes a JSON file, as AI Frame describes its sessions.

SESSIONS_FOLDER: where to. SESSIONS_FSYNC=1: answers once the file's content has reached the disk, as a database does
at every commit; the folder's entry is not synced, which favours this side.
"""
import json
import os

from fastapi import Body, FastAPI

folder = os.environ["SESSIONS_FOLDER"]
is_durable = os.environ.get("SESSIONS_FSYNC") == "1"
app = FastAPI()


# Not async: FastAPI then runs it on its thread pool, where a write does not hold up other requests.
@app.put("/api/v1/sessions/{session_id}")
def save_session(session_id: str, session: dict = Body()):
    with open(os.path.join(folder, os.path.basename(session_id) + ".json"), "w") as file:
        json.dump(session, file)
        if is_durable:
            file.flush()
            os.fsync(file.fileno())
    return {"id": session_id}


@app.get("/api/v1/hello")
def hello():
    return "Hello, World!"
