package io.reelkeeper.replay;

import io.reelkeeper.session.History;
import io.reelkeeper.session.state.Policy;
import io.reelkeeper.session.state.Session;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;

/// Lives every stored session again, under the configured policy and under another one, and prints
/// where they differ.
public final class Replay {

  /// Small enough that a page of sessions is read within any time-out of the database.
  private static final int PAGE = 100;

  private final History history;
  private final Policy configured;
  private final Policy other;

  public Replay(History history, Policy configured, Policy other) {
    this.history = history;
    this.configured = configured;
    this.other = other;
  }

  /// @param app only its sessions, or those of all when null
  /// @param since only sessions accepted at this time or later, or all when null
  /// @param json lines of JSON instead of a table
  public void print(@Nullable String app, @Nullable Instant since, boolean json, PrintStream out) {
    Report report = json ? new JsonLines(out) : new Table(out);
    Totals totals = new Totals();
    UUID last = null;
    List<Session> page;
    do {
      page = history.sessions(app, since, last, PAGE);
      if (last == null) {
        report.begin();
      }
      for (Session session : page) {
        compare(session, report, totals);
        last = session.id();
      }
    } while (page.size() == PAGE);
    report.end(totals);
  }

  private void compare(Session session, Report report, Totals totals) {
    Comparison comparison;
    try {
      Truth truth = TruthReader.read(history, session);
      comparison =
          Comparison.of(
              session,
              truth,
              Simulation.of(session, truth, configured, configured),
              Simulation.of(session, truth, other, configured));
    } catch (DataAccessException e) {
      throw e;
    } catch (RuntimeException e) {
      // A row that nobody foresaw must not cost the report on all others.
      totals.addFailed(session.id());
      return;
    }
    totals.add(comparison);
    if (comparison.differs()) {
      report.differs(comparison);
    }
  }
}
