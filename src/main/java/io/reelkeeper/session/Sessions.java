package io.reelkeeper.session;

import io.reelkeeper.core.Uuid7;
import io.reelkeeper.outbox.BusinessEvent;
import io.reelkeeper.outbox.Outbox;
import io.reelkeeper.session.limits.HaWatchdogs;
import io.reelkeeper.session.limits.Uids;
import io.reelkeeper.session.limits.Workers;
import io.reelkeeper.session.machine.Move;
import io.reelkeeper.session.machine.Rule;
import io.reelkeeper.session.machine.SessionMachine;
import io.reelkeeper.session.rows.SessionRow;
import io.reelkeeper.session.rows.SessionRows;
import io.reelkeeper.session.state.Notice;
import io.reelkeeper.session.state.Policy;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Session.RecordedFile;
import io.reelkeeper.session.state.Session.Status;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.session.state.Task.Cause;
import io.reelkeeper.session.state.TimerKind;
import io.reelkeeper.timer.TimerChange;
import io.reelkeeper.timer.Timers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.node.JsonNodeFactory;

/// The only door to the state of sessions.
///
/// Behind it every signal is one transaction: lock the session, let [SessionMachine] decide, write
/// the next state, the history, timers and events. Nothing slow happens here and nobody is called.
@Component
public class Sessions {

  /// The session after a signal, without its files, and the rule that decided.
  public record Applied(Session session, Rule rule) {}

  /// Where a notice belongs.
  public sealed interface Route {
    record To(UUID session) implements Route {}

    /// A start of this channel and UID is under way; its answer will tell whose sid this is.
    record Later() implements Route {}

    record Nobody() implements Route {}
  }

  /// Which sessions are listed, newest first.
  ///
  /// @param apps only these, or all when null
  /// @param after the id of the last one seen, or null
  public record Listing(
      @Nullable Set<String> apps,
      @Nullable String channel,
      Set<Session.Status> statuses,
      Map<String, String> labels,
      @Nullable Instant since,
      @Nullable Instant until,
      @Nullable UUID after,
      int limit) {}

  /// Deadlocks and lost races are tried again so often; each costs milliseconds.
  private static final int TRIES = 4;

  private final SessionRows rows;
  private final SessionSearch search;
  private final FirstAnswers answers;
  private final History history;
  private final Quietly quietly;
  private final Timers timers;
  private final Outbox outbox;
  private final Told told;
  private final Uids uids;
  private final Workers workers;
  private final Secrets secrets;
  private final HaWatchdogs watchdogs;
  private final Watchers watchers;
  private final SessionMeters meters;
  private final Policy policy;
  private final Clock clock;
  private final RandomGenerator random;
  private final TransactionTemplate tx;
  private final TransactionTemplate reading;

  Sessions(
      SessionRows rows,
      SessionSearch search,
      FirstAnswers answers,
      History history,
      Quietly quietly,
      Timers timers,
      Outbox outbox,
      Told told,
      Uids uids,
      Workers workers,
      Secrets secrets,
      HaWatchdogs watchdogs,
      Watchers watchers,
      SessionMeters meters,
      Policy policy,
      Clock clock,
      RandomGenerator random,
      PlatformTransactionManager transactions) {
    this.rows = rows;
    this.search = search;
    this.answers = answers;
    this.history = history;
    this.quietly = quietly;
    this.timers = timers;
    this.outbox = outbox;
    this.told = told;
    this.uids = uids;
    this.workers = workers;
    this.secrets = secrets;
    this.watchdogs = watchdogs;
    this.watchers = watchers;
    this.meters = meters;
    this.policy = policy;
    this.clock = clock;
    this.random = random;
    this.tx = new TransactionTemplate(transactions);
    this.reading = new TransactionTemplate(transactions);
    this.reading.setReadOnly(true);
  }

  /// Accepts a recording, unless something active or an idempotency key says otherwise.
  public Opened open(Opening opening) {
    return again(() -> tx.execute(_ -> opened(opening)));
  }

  private Opened opened(Opening opening) {
    Instant now = clock.instant();
    search.lockSlot(opening);
    String key = opening.idempotencyKey();
    if (key != null) {
      Optional<FirstAnswers.Kept> kept = answers.find(opening.caller(), key, now);
      if (kept.isPresent()) {
        return kept.get().bodyDigest().equals(opening.bodyDigest())
            ? new Opened.Repeated(read(kept.get().session()), kept.get().answer())
            : new Opened.KeyReused();
      }
    }
    Optional<UUID> active = search.active(opening);
    if (active.isPresent()) {
      Session session = read(active.get());
      if (!session.digest().equals(opening.digest())) {
        return new Opened.Conflict(session);
      }
      answers.claim(opening, session.id(), now);
      return new Opened.Existing(session);
    }
    Optional<Workers.Full> full = workers.full(opening.app(), opening.mode(), opening.request());
    if (full.isPresent()) {
      return new Opened.WorkersExhausted(full.get().limit(), full.get().recorders());
    }
    Set<String> taken = search.uidsInChannel(opening.app(), opening.channel());
    Optional<String> clash = opening.uids().stream().filter(taken::contains).findFirst();
    if (clash.isPresent()) {
      return new Opened.UidTaken(clash.get());
    }
    Session session = first(opening, taken, now);
    rows.save(SessionRow.of(session, secrets.seal(session.id(), opening.secrets())));
    Task task = session.tasks().getFirst();
    timers.change(
        List.of(
            new TimerChange.Set(
                TimerKind.START.name(),
                task.id(session).toString(),
                now,
                TimerKind.START.priority())));
    rows.flush();
    answers.claim(opening, session.id(), now);
    return new Opened.Created(session);
  }

  private Session first(Opening opening, Set<String> taken, Instant now) {
    List<String> recorders = uids.forSession(opening.app(), opening.uids(), taken);
    return new Session(
        Uuid7.at(now, random),
        opening.app(),
        opening.channel(),
        opening.mode(),
        opening.slot(),
        opening.assurance(),
        opening.onIdle(),
        Status.STARTING,
        null,
        null,
        opening.destination(),
        opening.request(),
        JsonNodeFactory.instance.objectNode(),
        null,
        opening.digest(),
        recorders,
        opening.labels(),
        List.of(Task.intended(1, recorders.getFirst(), Cause.REQUESTED, 0, now)),
        List.of(),
        now,
        now,
        null,
        0);
  }

  /// Keeps the first answer under the key; returns the one that counts, this or an earlier one.
  public Opened.FirstAnswer answered(
      String caller, String idempotencyKey, Opened.FirstAnswer answer) {
    return answers.keep(caller, idempotencyKey, answer);
  }

  /// Gives the key free again: its answer was no answer to the request (503).
  public void forgetKey(String caller, String idempotencyKey, UUID session) {
    answers.forget(caller, idempotencyKey, session);
  }

  /// The session with its files.
  public Optional<Session> find(UUID id) {
    return read(List.of(id)).stream().findFirst();
  }

  private List<Session> read(List<UUID> ids) {
    return Objects.requireNonNull(
        reading.execute(
            _ -> {
              Map<UUID, List<RecordedFile>> files = search.files(ids);
              return rows.readAll(ids).stream()
                  .map(row -> row.session(files.getOrDefault(row.getId(), List.of())))
                  .toList();
            }));
  }

  /// The session without its files: what walks need, in one statement.
  public Optional<Session> state(UUID id) {
    return Optional.ofNullable(
        reading.execute(_ -> rows.read(id).map(row -> row.session(List.of())).orElse(null)));
  }

  public List<Session> list(Listing listing) {
    return read(search.list(listing));
  }

  /// The secrets that came with the request of this session, as the JSON they came in.
  public Optional<String> secrets(UUID id) {
    return search.secrets(id).map(cipher -> secrets.open(id, cipher));
  }

  /// Takes a signal in.
  ///
  /// @throws IllegalArgumentException when there is no such session
  public Applied apply(UUID id, Signal signal) {
    Instant now = clock.instant();
    Applied applied = again(() -> tx.execute(_ -> applied(id, signal, now)));
    watchers.changed(applied.session());
    meters.applied(applied.session(), now);
    return applied;
  }

  /// Takes the answer to a query in, in one statement when it changes nothing.
  ///
  /// @param asked the session as it was when the question was put
  public Applied apply(Session asked, Signal.OfTask signal) {
    return quietly.apply(asked, signal, clock.instant()).orElseGet(() -> apply(asked.id(), signal));
  }

  private Applied applied(UUID id, Signal signal, Instant now) {
    SessionRow row =
        rows.lock(id).orElseThrow(() -> new IllegalArgumentException("no session " + id));
    Session session = row.session(List.of());
    if (signal instanceof Signal.Noticed(Notice notice) && history.knows(id, notice.meaning())) {
      return new Applied(session, Rule.NOTED);
    }
    Signal judged =
        signal instanceof Signal.HaDue due ? watchdogs.judged(session, due, now) : signal;
    Move move = SessionMachine.decide(session, judged, policy, now);
    row.take(move.next());
    rows.flush();
    search.keepFiles(id, move.next().files());
    history.write(session, judged, move, now);
    timers.change(move.timers());
    outbox.write(told.of(move));
    if (isHaRegistered(signal) && watchdogs.registered(session.app(), now)) {
      outbox.write(List.of(watchdogArmed(session, now)));
    }
    return new Applied(move.next(), move.rule());
  }

  private static boolean isHaRegistered(Signal signal) {
    return signal instanceof Signal.Noticed(Notice notice)
        && notice.what() instanceof Notice.What.HaRegistered;
  }

  private static BusinessEvent watchdogArmed(Session session, Instant now) {
    return new BusinessEvent(
        "alarm.cleared",
        session.id(),
        session.app(),
        now,
        Map.of("kind", "ha-watchdog-tripped", "channel", session.channel()));
  }

  private static <T> T again(Supplier<T> work) {
    for (int attempt = 1; ; attempt++) {
      try {
        return work.get();
      } catch (ConcurrencyFailureException raced) {
        if (attempt == TRIES) {
          throw raced;
        }
      }
    }
  }

  /// Finds whom a notice of this App ID speaks of: by its sid, else by channel and UID.
  public Route route(String app, Notice notice) {
    Optional<UUID> known = search.sessionOf(app, notice.sid());
    if (known.isPresent()) {
      return new Route.To(known.get());
    }
    List<UUID> lacking = search.withoutSid(app, notice.cname(), notice.uid());
    return lacking.stream()
        .filter(id -> state(id).filter(it -> SessionMachine.mayBelongTo(it, notice)).isPresent())
        .findFirst()
        .<Route>map(Route.To::new)
        .orElseGet(() -> lacking.isEmpty() ? new Route.Nobody() : new Route.Later());
  }

  /// Waits until the session is as wished or the time is over; the session as it is then.
  public Session await(UUID id, Predicate<Session> wished, Duration atMost) {
    return watchers.await(id, () -> read(id), wished, atMost);
  }

  private Session read(UUID id) {
    return find(id).orElseThrow(() -> new IllegalArgumentException("no session " + id));
  }
}
