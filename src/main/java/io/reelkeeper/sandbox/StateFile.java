package io.reelkeeper.sandbox;

import io.reelkeeper.sandbox.recorder.Timeline;
import io.reelkeeper.sandbox.recorder.Timeline.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/// Keeps what a real Agora would not forget while our process is away; guarded by the lock of the
/// sandbox.
final class StateFile {

  private record Saved(
      List<Recorders.Resource> resources,
      List<Recorders.Kept> recorders,
      List<Step> steps,
      List<Ledger.Recording> ledger) {}

  private final Path file;
  private final JsonMapper json;
  private final Recorders recorders;
  private final Timeline timeline;
  private final Ledger ledger;

  StateFile(Path file, JsonMapper json, Recorders recorders, Timeline timeline, Ledger ledger) {
    this.file = file.toAbsolutePath();
    this.json = json;
    this.recorders = recorders;
    this.timeline = timeline;
    this.ledger = ledger;
  }

  /// Writes all of it; a crash leaves the file before or the one after.
  void write() {
    var state = new Saved(recorders.resources(), recorders.kept(), timeline.all(), ledger.kept());
    try {
      Files.createDirectories(file.getParent());
      Path next = file.resolveSibling(file.getFileName() + ".next");
      Files.write(next, json.writeValueAsBytes(state));
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("the sandbox cannot keep its state in " + file, e);
    }
  }

  /// Goes on from what was written, if anything was.
  void read(Instant now) {
    if (Files.exists(file)) {
      Saved state = json.readValue(file.toFile(), Saved.class);
      state.steps().forEach(s -> timeline.add(s.at(), s.sid(), s.what(), s.argument()));
      state.ledger().forEach(ledger::keep);
      recorders.restore(state.resources(), state.recorders(), now);
    }
  }
}
