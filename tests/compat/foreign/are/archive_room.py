"""Papers are moved in a virtual file system, and Files keeps a copy."""

from are.simulation.apps import AgentUserInterface, Files, VirtualFileSystem
from are.simulation.apps.app import Protocol
from are.simulation.scenarios.scenario import Scenario, ScenarioValidationResult
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.types import EventRegisterer, disable_events


@register_scenario("foreign_archive_room")
class ArchiveRoom(Scenario):
    start_time: float | None = 0
    duration: float | None = 200

    def init_and_populate_apps(self, *args, **kwargs) -> None:
        archive = VirtualFileSystem()
        archive.mkdir("/inbox")
        archive.mkdir("/shelf")
        with archive.open("/inbox/deed.txt", "w") as f:
            f.write("This deed says who owns the mill.")
        copies = Files(sandbox_dir=kwargs.get("sandbox_dir"))
        with disable_events():
            copies.makedirs("copies", exist_ok=True)
        assert Protocol.FILE_SYSTEM in copies.get_implemented_protocols()
        self.apps = [AgentUserInterface(), archive, copies]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(AgentUserInterface)
        archive = self.get_typed_app(VirtualFileSystem)
        copies = self.get_typed_app(Files)
        with EventRegisterer.capture_mode():
            task = aui.send_message_to_agent(content="Put the deed on the shelf, and make a folder for its copy.")
            task.depends_on(None, delay_seconds=1)
            tree = archive.tree(path="/").oracle().depends_on(task, delay_seconds=1)
            move = archive.mv(path1="/inbox/deed.txt", path2="/shelf/deed.txt").oracle().depends_on(tree, delay_seconds=1)
            folder = copies.mkdir(path="copies/deeds").oracle().depends_on(move, delay_seconds=1)
            there = copies.exists(path="copies/deeds").oracle().depends_on(folder, delay_seconds=1)
            done = aui.send_message_to_user(content="Done").oracle().depends_on([move, there], delay_seconds=1)
        self.events = [task, tree, move, folder, there, done]

    def validate(self, env) -> ScenarioValidationResult:
        try:
            archive, copies = env.get_app("VirtualFileSystem"), env.get_app("Files")
            with disable_events():
                ok = archive.exists("/shelf/deed.txt") and not archive.exists("/inbox/deed.txt")
                ok = ok and copies.exists("copies/deeds")
                content = archive.get_file_content("/shelf/deed.txt")
            return ScenarioValidationResult(success=ok and b"mill" in content)
        except Exception as e:
            return ScenarioValidationResult(success=False, exception=e)
