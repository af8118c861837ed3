"""`yuanqu profile`: which server, and as whom."""

import os
from pathlib import Path
from typing import Annotated

import typer

from yuanqu import credentials, profiles
from yuanqu.api import Api
from yuanqu.commands import AsJson, Commands, as_address, chosen_profile, credential
from yuanqu.credentials import Credential
from yuanqu.failures import Failure
from yuanqu.printing import note, print_json, print_record, say

app = Commands(help="The server and the credential that commands use: set, show.")


@app.command("set")
def set_profile(
    *,
    address: Annotated[str, typer.Option(help="Like https://yuanqu.example.cn.")],
    client_id: Annotated[str, typer.Option()],
    secret: Annotated[
        str | None, typer.Option(help="Better --secret-file: arguments show in process lists.")
    ] = None,
    secret_file: Annotated[
        Path | None, typer.Option(help="A file with the secret; - is stdin.")
    ] = None,
    check: Annotated[bool, typer.Option(help="Ask the server for a token first.")] = True,
) -> None:
    """Keep an address and a credential, 0600; `--profile NAME` before the command names it."""
    made = Credential(as_address(address), client_id, _secret(secret, secret_file))
    if check:
        with Api(made) as api:
            api.sign_in()
    name = chosen_profile() or profiles.DEFAULT
    path = profiles.path_of(name)
    credentials.write(path, made)
    say(f"Kept in {path}.")
    if chosen_profile() is None and profiles.find().found_in != path:
        note(
            f"Here {profiles.find().place} comes first. "
            f"Use `yuanqu --profile {path} …`, or set YUANQU_PROFILE={path}."
        )


@app.command()
def show(as_json: AsJson = False) -> None:
    """Show which server and credential are used, and where they were found; never the secret."""
    used = credential()
    shown = {
        "address": used.address,
        "client_id": used.client_id,
        "client_secret": "…",
        "found_in": used.place,
    }
    if as_json:
        print_json(shown)
    else:
        print_record(shown)


def _secret(secret: str | None, file: Path | None) -> str:
    if file is not None:
        try:
            found = typer.get_text_stream("stdin").read() if str(file) == "-" else file.read_text()
        except OSError as error:
            raise Failure(f"{file} cannot be read", error.strerror or str(error)) from error
        return found.strip()
    if secret is None and os.isatty(0):
        secret = typer.prompt("Secret", hide_input=True)
    if not secret:
        raise Failure("No secret was given", next_step="Name a file with --secret-file.")
    return secret
