"""Where the store is, what it does where it cannot work, and what becomes of a damaged one."""

import errno
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from pare.errors import ConfigError, PareError
from pare.scenarios.store.database import Database
from pare.scenarios.store.disk import DBNAME, open_cache
from pare.scenarios.store.errors import damage_in, refusal
from pare.scenarios.store.filesystem import filesystem_type, notice_for
from pare.scenarios.store.locks import FileLock
from pare.scenarios.store.rows import rescue
from pare.scenarios.utils.caching import (
    ResultStore,
    RunKey,
    StoredResult,
    StoreError,
    config_path,
    find_place,
    network_type,
    reset_place,
    set_place,
)


def result(run=1, **fields):
    return StoredResult(
        scenario_id="a",
        run_number=run,
        config_hash="c",
        scenario_hash="s",
        result={"text": "x" * 500, **fields},
    )


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.delenv("PARE_CACHE_DIR", raising=False)
    return tmp_path / "home"


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "store"
    with ResultStore(path) as store:
        for run in range(1, 201):
            store.put(result(run))
    return path


@pytest.fixture
def place(tmp_path, template):
    """Give the place of a store with 200 results."""
    return shutil.copytree(template, tmp_path / "store")


# --- where it is ----------------------------------------------------------------------------------------


def test_the_environment_goes_before_the_configuration_and_that_before_the_default(
    home, tmp_path, monkeypatch
):
    default = find_place()
    assert (default.path, default.source) == (home / ".cache/pare/scenario_results", "default")
    set_place(tmp_path)
    assert (find_place().path, find_place().source) == (tmp_path, "configuration")
    assert find_place().reason == f"'cache_dir' in {home}/.config/pare/config.json"
    monkeypatch.setenv("PARE_CACHE_DIR", "~/results")
    assert (find_place().path, find_place().reason) == (home / "results", "PARE_CACHE_DIR is set")
    monkeypatch.setenv("PARE_CACHE_DIR", "")
    assert find_place().source == "configuration"
    assert (reset_place(), reset_place(), find_place()) == (True, False, default)
    assert ResultStore().path == default.path


def test_other_keys_and_the_rights_of_the_configuration_stay(home, tmp_path):
    config_path().parent.mkdir(parents=True)
    config_path().write_text('{"other": {"é": 12345678901234567890123}, "cache_dir": "/old"}')
    config_path().chmod(0o640)
    set_place(tmp_path)
    other = {"é": 12345678901234567890123}
    assert json.loads(config_path().read_text()) == {"other": other, "cache_dir": str(tmp_path)}
    assert stat.S_IMODE(config_path().stat().st_mode) == 0o640
    reset_place()
    assert json.loads(config_path().read_text()) == {"other": other}
    assert [path.name for path in config_path().parent.iterdir()] == ["config.json"]


def test_a_linked_configuration_stays_linked(home, tmp_path):
    config_path().parent.mkdir(parents=True)
    (tmp_path / "dotfile.json").write_text("{}")
    config_path().symlink_to(tmp_path / "dotfile.json")
    set_place(tmp_path)
    assert config_path().is_symlink()
    assert json.loads((tmp_path / "dotfile.json").read_text()) == {"cache_dir": str(tmp_path)}


@pytest.mark.parametrize("text", ["{", "[]", "\xff", '{"cache_dir": 3}', '{"cache_dir": "here"}', "[" * 9999])
def test_a_configuration_that_cannot_be_understood_is_refused_and_kept(home, text):
    config_path().parent.mkdir(parents=True)
    config_path().write_text(text, encoding="latin-1")
    with pytest.raises(ConfigError, match=r"config\.json"):
        find_place()
    if "cache_dir" not in text:
        for change in (reset_place, lambda: set_place("/tmp")):
            with pytest.raises(ConfigError, match=r"config\.json"):
                change()
    assert config_path().read_text(encoding="latin-1") == text


def test_only_a_directory_is_set(home, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="not a directory"):
        set_place(tmp_path / "file", create=True)
    with pytest.raises(ConfigError, match="--create"):
        set_place(tmp_path / "missing")
    with pytest.raises(StoreError):
        set_place(tmp_path / "file" / "below", create=True)
    assert not config_path().exists()
    assert set_place(tmp_path / "missing", create=True).path.is_dir()
    assert stat.S_IMODE((tmp_path / "missing").stat().st_mode) == 0o700


# --- network file systems -------------------------------------------------------------------------------

MOUNTS = r"""
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:40 / /home rw - nfs4 server:/home rw,vers=4.2
31 30 0:41 / /home/ana/local\040disk rw shared:2 master:3 - xfs /dev/sdb rw
32 22 0:42 / /mnt/a rw - fuse.sshfs host: rw
33 22 0:43 / /mnt/b rw - ext4 /dev/sdc rw
34 22 0:44 / /mnt/b rw - cifs //server/share rw
35 22 0:45 / /mnt/c rw - lustre mds:/fs rw
36 22 0:46 / /mnt/d rw - fuse.mergerfs a:b rw
37 22 0:47 / /mnt/e rw - 9p share rw
38 22 0:48 / /mnt/f rw - fuseblk /dev/sdd rw
39 22 0:49 / /mnt/g rw - fuse.unheard-of x rw
a torn line
"""


@pytest.mark.parametrize(
    ("path", "kind", "network"),
    [
        ("/", "ext4", None),
        ("/homes/ana", "ext4", None),
        ("/home/ana/.cache/pare", "nfs4", "nfs4"),
        ("/home/ana/local disk/x", "xfs", None),
        ("/mnt/a/x", "fuse.sshfs", "fuse.sshfs"),
        ("/mnt/b", "cifs", "cifs"),
        ("/mnt/c", "lustre", "lustre"),
        ("/mnt/d", "fuse.mergerfs", None),
        ("/mnt/e/f", "9p", "9p"),
        ("/mnt/f", "fuseblk", None),
        ("/mnt/g", "fuse.unheard-of", "fuse.unheard-of"),
    ],
)
def test_the_file_system_of_a_path(path, kind, network):
    assert (filesystem_type(Path(path), MOUNTS), network_type(Path(path), MOUNTS)) == (kind, network)


def test_no_mounts_no_network():
    assert network_type(Path("/home"), "") is None


def test_a_notice_names_place_and_kind():
    assert "/home/x is on a network file system (nfs4)" in notice_for(Path("/home/x"), "nfs4")


def test_the_store_works_without_a_write_ahead_log_and_under_its_own_lock(tmp_path):
    databases = [
        Database(tmp_path / "results", lambda at: open_cache(at, is_network=True), rescue, is_network=True)
        for _ in range(2)
    ]
    for run in (1, 2, 3):
        for database in databases:
            database.use(lambda cache, run=run: cache.write(result(run).row_key, result(run).as_value()))
    assert [database.use(len) for database in databases] == [3, 3]
    assert sorted(path.name for path in (tmp_path / "results").iterdir()) == [DBNAME]
    for database in databases:
        database.close()


def test_a_lock_is_taken_again_by_its_holder_and_keeps_others_out(tmp_path):
    lock = FileLock(tmp_path / "lock")
    code = "import fcntl, sys; fcntl.flock(open(sys.argv[1]), fcntl.LOCK_EX | fcntl.LOCK_NB)"
    attempt = [sys.executable, "-c", code, str(tmp_path / "lock")]
    with lock.held(), lock.held():
        assert subprocess.run(attempt, stderr=subprocess.DEVNULL, check=False).returncode == 1
    assert subprocess.run(attempt, check=False).returncode == 0


# --- damage ---------------------------------------------------------------------------------------------


def garbage(database):
    database.write_bytes(b"garbage" * 1000)


def garbage_header(database):
    database.write_bytes(b"\xff" * 100 + database.read_bytes()[100:])


def cut(database):
    os.truncate(database, database.stat().st_size // 2)


def break_a_page(database):
    with database.open("r+b") as file:
        file.seek(database.stat().st_size // 2 // 4096 * 4096)
        file.write(b"\0" * 4096)


def another_schema(database):
    database.unlink()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE Photos (id)")


def another_table(database):
    database.unlink()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE Cache (id)")


def another_setting(database):
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("INSERT INTO Settings VALUES ('disk_evil', 1)")


def a_file_in_its_place(database):
    shutil.rmtree(database.parent)
    database.parent.touch()


@pytest.mark.parametrize(
    ("damaged", "rescued"),
    [
        (garbage, range(1)),
        (garbage_header, range(1)),
        (cut, range(1)),
        (break_a_page, range(180, 200)),
        (another_schema, range(1)),
        (another_table, range(1)),
        (another_setting, range(200, 201)),
        (a_file_in_its_place, range(1)),
    ],
)
def test_a_damaged_store_is_put_aside_and_built_anew(place, damaged, rescued, capsys):
    damaged(place / "results" / DBNAME)
    with ResultStore(place) as store:
        store.get_many([result(run).key for run in range(1, 201)])
        store.put(fresh := result(1000))
        assert store.find(fresh.key) == (fresh,)
        (damage,) = store.damage
        assert damage.path == place / "results.damaged-1"
        assert damage.path.exists()
        assert damage.rescued in rescued
        assert store.status().entries == damage.rescued + 1
        assert store.status().put_aside == (damage.path,)
        assert store.verify().is_sound
    assert "store.put_aside" in capsys.readouterr().err


def test_stores_that_were_put_aside_are_numbered(place):
    for number in (1, 2):
        garbage(place / "results" / DBNAME)
        with ResultStore(place) as store:
            store.put(result())
            assert store.damage[0].path.name == f"results.damaged-{number}"


def test_two_users_of_a_damaged_store_put_it_aside_once(place):
    with ResultStore(place) as one, ResultStore(place) as other:
        assert one.find(result().key)
        assert other.find(result().key)
        garbage_header(place / "results" / DBNAME)
        one.close()
        one.put(result(300))
        other.put(result(301))
        assert [len(store.damage) for store in (one, other)] == [1, 0]
        assert set(one.runs()) == {result(300).key, result(301).key}
        assert one.runs() == other.runs()


def test_verify_mends_a_broken_database_on_request(place):
    database = place / "results" / DBNAME
    with closing(sqlite3.connect(database)) as connection:
        ((page,), (size,)) = (
            connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'Cache_key_raw'").fetchone(),
            connection.execute("PRAGMA page_size").fetchone(),
        )
    with database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\0" * size)
    with ResultStore(place) as store:
        found = store.verify()
        assert (found.sound, found.is_sound, found.database is None) == (200, False, False)
        store.verify(remove=True)
        assert (store.damage[0].rescued, store.verify().sound, store.verify().is_sound) == (200, 200, True)


# --- a store that cannot be written ---------------------------------------------------------------------

FULL_DISK = """
import resource, signal, sys
from pare.scenarios.utils.caching import ResultStore, StoredResult, StoreError

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with ResultStore(sys.argv[1]) as store:
    fields = {"scenario_id": "a", "config_hash": "c", "scenario_hash": "s"}
    store.put(StoredResult(run_number=300, result={}, **fields))
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
    try:
        for run in range(301, 400):
            store.put(StoredResult(run_number=run, result={"x": "x" * 9000}, **fields))
    except StoreError as error:
        print(run, error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    store.put(StoredResult(run_number=400, result={}, **fields))
"""


def test_a_full_disk_is_said_and_what_was_stored_stays(place):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FULL_DISK, str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    failed, _, message = done.stdout.partition(" ")
    assert message.startswith(f"the result store cannot use {place / 'results' / DBNAME}: ")
    with ResultStore(place) as store:
        assert len(store.runs()) == 200 + int(failed) - 300 + 1
        assert store.verify().is_sound
        assert store.damage == ()


def test_a_place_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").touch()
    with ResultStore(tmp_path / "file" / "store") as store:
        for use in (lambda: store.put(result()), lambda: store.try_lease(RunKey("a", 1, "c"))):
            with pytest.raises(StoreError, match="cannot use"):
                use()
        assert store.find(RunKey("a", 1, "c")) == ()
    assert (tmp_path / "file").is_file()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_directory_without_the_right_to_write_is_said_and_left_alone(place):
    (place / "results").chmod(0o500)
    try:
        with ResultStore(place) as store, pytest.raises(StoreError, match="cannot be written"):
            store.put(result())
    finally:
        (place / "results").chmod(0o700)
    with ResultStore(place) as store:
        assert len(store.runs()) == 200


def sqlite_error(code):
    error = sqlite3.OperationalError("as SQLite says")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "reason", "advice"),
    [
        (OSError(errno.EROFS, "Read-only file system"), "Read-only file system", "PARE_CACHE_DIR"),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device", "free some space"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error", "see what is wrong there"),
        (sqlite_error(sqlite3.SQLITE_READONLY), "it cannot be written (as SQLite says)", "pare cache set"),
        (
            sqlite_error(sqlite3.SQLITE_READONLY_DIRECTORY),
            "it cannot be written (as SQLite says)",
            "mend",
        ),
        (sqlite_error(sqlite3.SQLITE_FULL), "the disk is full", "what was stored is still there"),
        (sqlite_error(sqlite3.SQLITE_BUSY), "another process keeps it locked", "whether it hangs"),
        (sqlite_error(sqlite3.SQLITE_IOERR), "as SQLite says", "see what is wrong there"),
    ],
)
def test_an_error_says_where_why_and_what_to_do(error, reason, advice):
    assert damage_in(error) is None
    refused = refusal(Path("/store"), error)
    assert isinstance(refused, PareError)
    assert (refused.path, refused.reason) == (Path("/store"), reason)
    assert advice in refused.advice
    assert str(refused) == f"the result store cannot use /store: {refused.reason}; {refused.advice}"


def test_what_tells_of_damage():
    assert damage_in(sqlite_error(sqlite3.SQLITE_NOTADB)) == "as SQLite says"
    assert damage_in(sqlite_error(sqlite3.SQLITE_CORRUPT_INDEX)) == "as SQLite says"
    assert damage_in(ValueError()) is None
