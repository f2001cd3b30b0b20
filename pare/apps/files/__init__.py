"""Files: real ones, in a folder of their own that no result knows."""

from pare.apps.files.app import Files, FinalMeta, SandboxLocalFileSystem
from pare.apps.files.model import DEMO_FS_DIR, DEMO_FS_PATH, MAX_FILE_BYTES
from pare.apps.files.stored import default_fs_folders
from pare.apps.files.virtual import VirtualFileSystem, VirtualFileSystemApp

__all__ = [
    "DEMO_FS_DIR",
    "DEMO_FS_PATH",
    "MAX_FILE_BYTES",
    "Files",
    "FinalMeta",
    "SandboxLocalFileSystem",
    "VirtualFileSystem",
    "VirtualFileSystemApp",
    "default_fs_folders",
]
