package io.reelkeeper.session.machine;

import io.reelkeeper.core.FileNames;
import io.reelkeeper.outbox.BusinessEvent;
import io.reelkeeper.session.state.Policy;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Session.RecordedFile;
import io.reelkeeper.session.state.Session.Refusal;
import io.reelkeeper.session.state.Session.Status;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.session.state.Task.Cause;
import io.reelkeeper.session.state.Task.Phase;
import io.reelkeeper.session.state.TimerKind;
import io.reelkeeper.timer.TimerChange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A session on its way from one state to the next: what the rules of all signals have in common.
final class Draft {

  final Session from;
  final Policy policy;
  final Instant now;

  private final TreeMap<Integer, Task> tasks = new TreeMap<>();
  private final Set<RecordedFile> files;
  private final List<TimerChange> timers = new ArrayList<>();
  private final List<BusinessEvent> events = new ArrayList<>();
  private Status status;
  private @Nullable String reason;
  private @Nullable Refusal refusal;
  private JsonNode changes;
  private Session.@Nullable Update update;
  private @Nullable Instant stoppedAt;

  Draft(Session from, Policy policy, Instant now) {
    this.from = from;
    this.policy = policy;
    this.now = now;
    from.tasks().forEach(task -> tasks.put(task.number(), task));
    this.files = new LinkedHashSet<>(from.files());
    this.status = from.status();
    this.reason = from.reason();
    this.refusal = from.refusal();
    this.changes = from.changes();
    this.update = from.update();
    this.stoppedAt = from.stoppedAt();
  }

  Optional<Task> task(int number) {
    return Optional.ofNullable(tasks.get(number));
  }

  Collection<Task> tasks() {
    return List.copyOf(tasks.values());
  }

  Task put(Task.Edit edit) {
    Task task = edit.done();
    tasks.put(task.number(), task);
    return task;
  }

  /// Whether the session still wants to record.
  boolean wantsRecording() {
    return !status.isFinal() && status != Status.STOPPING;
  }

  /// Whether a younger task is on its way to take over from this one.
  boolean hasSuccessor(Task task) {
    return tasks.tailMap(task.number(), false).values().stream()
        .anyMatch(younger -> younger.wanted() && !younger.ended() && !givenUp(younger));
  }

  /// A start of unknown outcome that another one has taken over from.
  private boolean givenUp(Task task) {
    return task.status() == Task.Status.UNKNOWN
        && tasks.values().stream().anyMatch(other -> other.replaces() == task.number());
  }

  /// Whether another task has a recorder that shall serve the session, confirmed or not.
  boolean hasOtherRecorder(Task task) {
    return otherRecorders(task).findAny().isPresent();
  }

  /// Whether the session needs no recorder more than it has: another one records, or a younger one
  /// was accepted to take over. An older one that only may come back is not enough.
  boolean recordedByOther(Task task) {
    return otherRecorders(task)
        .anyMatch(other -> other.status() == Task.Status.LIVE || other.number() > task.number());
  }

  private Stream<Task> otherRecorders(Task task) {
    return tasks.values().stream()
        .filter(other -> other.number() != task.number())
        .filter(other -> other.wanted() && !other.ended() && other.sid() != null);
  }

  /// Younger tasks that were to take over and have no recorder yet are not needed.
  void callOffSuccessors(Task task) {
    tasks.tailMap(task.number(), false).values().stream()
        .filter(younger -> younger.wanted() && younger.sid() == null)
        .toList()
        .forEach(younger -> dismiss(younger, "called-off"));
  }

  /// Younger tasks that were started for this cause are not needed, as long as they prove nothing.
  ///
  /// @return whether there were any
  boolean callOff(Task task, Cause cause) {
    List<Task> surplus =
        tasks.tailMap(task.number(), false).values().stream()
            .filter(younger -> younger.cause() == cause && younger.wanted() && !younger.ended())
            .filter(younger -> younger.confirmedAt() == null)
            .toList();
    surplus.forEach(younger -> dismiss(younger, "called-off"));
    return !surplus.isEmpty();
  }

  void set(TimerKind kind, Task task, Instant at) {
    timers.add(
        new TimerChange.Set(kind.name(), task.id(from).toString(), at, priority(kind, task)));
  }

  void set(TimerKind kind, Task task, Duration in) {
    set(kind, task, now.plus(in));
  }

  void cancel(TimerKind kind, Task task) {
    timers.add(new TimerChange.Cancel(kind.name(), task.id(from).toString()));
  }

  /// A question that something waits for goes before the regular ones.
  private static int priority(TimerKind kind, Task task) {
    boolean regular = task.status() == Task.Status.LIVE;
    return kind == TimerKind.QUERY && !regular ? TimerKind.SETTLE.priority() : kind.priority();
  }

  /// When a live task is asked next: once per interval, at a phase of its own, so that however many
  /// sessions began together their questions are spread evenly.
  Instant nextMonitor() {
    long interval = policy.monitorInterval().toMillis();
    long earliest = now.toEpochMilli() + interval / 2;
    long phase = Math.floorMod(from.id().getLeastSignificantBits(), interval);
    return Instant.ofEpochMilli(earliest + Math.floorMod(phase - earliest, interval));
  }

  /// How long the recorder stays in an empty channel; in web mode it has no meaning.
  Duration maxIdleTime() {
    return Duration.ofSeconds(
        from.request().path("recording").path("maxIdleTime").asInt(AGORAS_MAX_IDLE_TIME));
  }

  private static final int AGORAS_MAX_IDLE_TIME = 30;

  /// Remembers the files that Agora named; whatever else is named there, it is no recording.
  ///
  /// @return the task, which may know its playlist now
  Task files(Task task, List<String> names) {
    @Nullable String playlist = task.playlist();
    for (String name : names) {
      String key = FileNames.key(from.destination().prefix(), name);
      String type = FileNames.type(key).orElse("");
      if (!type.isEmpty() && FileNames.mayBeKey(key)) {
        files.add(new RecordedFile(key, type, task.number()));
      }
      playlist = playlist == null && type.equals("m3u8") ? key : playlist;
    }
    if (Objects.equals(playlist, task.playlist())) {
      return task;
    }
    Task.Edit edit = task.edit();
    edit.playlist = playlist;
    return put(edit);
  }

  /// What is on its way to Agora to be changed, or null.
  void update(Session.@Nullable Update next) {
    update = next;
  }

  /// Agora accepted a change; its members take the place of earlier ones.
  void changed(JsonNode change) {
    ObjectNode all = changes.deepCopy().asObject();
    change.forEachEntry(all::set);
    changes = all;
  }

  void refused(Refusal why) {
    refusal = why;
  }

  /// Starts another task under another UID, unless one is on its way already. The old one stays
  /// wanted until the new one is confirmed: make before break.
  ///
  /// What was to take over from a recorder that works is not worth that recorder: when it fails for
  /// good it is let go.
  ///
  /// @return `rule`, or that the budget is used up, or that the recorder that works stays
  Rule replace(Task old, Cause cause, Rule rule) {
    if (!wantsRecording() || hasSuccessor(old)) {
      return rule;
    }
    Optional<String> uid = otherUid(old);
    boolean exhausted = !affordsReplacement() || uid.isEmpty();
    // For a missing event 13 there is one replacement and no other.
    if ((exhausted || old.cause() == Cause.HA_NOT_REGISTERED) && liveBeside(old)) {
      alarm("replacement-failed", old);
      dismiss(Objects.requireNonNull(tasks.get(old.number())), "not-needed");
      return Rule.SUCCESSOR_FAILED;
    }
    if (exhausted) {
      alarm("replacements-exhausted", old);
      fail(exhausted(old));
      return Rule.REPLACEMENTS_EXHAUSTED;
    }
    Task next = Task.intended(tasks.lastKey() + 1, uid.get(), cause, old.number(), now);
    tasks.put(next.number(), next);
    set(TimerKind.START, next, Duration.ZERO);
    return rule;
  }

  /// Whether another task can take over from this one without anything at stake.
  boolean mayBeReplaced(Task task) {
    return wantsRecording()
        && !hasSuccessor(task)
        && affordsReplacement()
        && otherUid(task).isPresent();
  }

  private boolean liveBeside(Task task) {
    return tasks.values().stream()
        .anyMatch(
            other ->
                other.number() != task.number()
                    && other.wanted()
                    && other.status() == Task.Status.LIVE);
  }

  /// Whether the budget has room for one more; what only may be better is not worth the session.
  boolean affordsReplacement() {
    Instant since = now.minus(policy.replacements().per());
    long spent =
        tasks.values().stream()
            .filter(task -> task.intendedAt().isAfter(since) && countsAsReplacement(task))
            .count();
    return spent < policy.replacements().limit();
  }

  private String exhausted(Task last) {
    if (last.error() != null) {
      return last.error();
    }
    return from.accepted() ? "replacements-exhausted" : "provider-unavailable";
  }

  /// Recording again after a channel was empty replaces nothing that failed.
  private boolean countsAsReplacement(Task task) {
    Task predecessor = tasks.get(task.replaces());
    boolean afterIdle = predecessor != null && "idle".equals(predecessor.endReason());
    return task.cause() != Cause.REQUESTED && !afterIdle;
  }

  /// The UID after this task's, in turn; the spare ones only where the first two may still be in
  /// the channel.
  private Optional<String> otherUid(Task old) {
    List<String> uids = from.uids();
    List<String> inUse = tasks.values().stream().filter(Task::mayRun).map(Task::uid).toList();
    List<String> inTurn = new ArrayList<>(uids.subList(0, Math.min(2, uids.size())));
    if (inTurn.indexOf(old.uid()) == 0) {
      inTurn = inTurn.reversed();
    }
    List<String> candidates = new ArrayList<>(inTurn);
    candidates.addAll(uids.subList(inTurn.size(), uids.size()));
    return candidates.stream()
        .filter(uid -> !uid.equals(old.uid()) && !inUse.contains(uid))
        .findFirst();
  }

  /// It records, or records again: whatever else was to serve the session is not needed any more.
  void serves(Task task) {
    serves(task, _ -> true);
  }

  /// @param surplus which of the others are not needed
  void serves(Task task, Predicate<Task> surplus) {
    for (Task other : tasks()) {
      if (other.number() != task.number()
          && other.wanted()
          && !other.ended()
          && surplus.test(other)) {
        if (other.number() < task.number()) {
          event("task.replaced", other);
        }
        dismiss(other, "replaced");
      }
    }
  }

  /// Not wanted any more: what never began ends, what may run is stopped until that is proven.
  void dismiss(Task task, String why) {
    if (task.ended()) {
      return;
    }
    Task.Edit edit = task.edit();
    edit.wanted = false;
    edit.tries = 0;
    edit.unheard = 0;
    edit.doubtSince = null;
    Task unwanted = put(edit);
    if (task.sid() != null) {
      WATCHING.forEach(kind -> cancel(kind, unwanted));
      set(TimerKind.STOP, unwanted, Duration.ZERO);
    } else if (!task.mayRun()) {
      end(unwanted, why);
    }
  }

  private static final List<TimerKind> WATCHING =
      List.of(
          TimerKind.QUERY,
          TimerKind.HA,
          TimerKind.PAGE,
          TimerKind.UPDATE,
          TimerKind.CREDENTIALS,
          TimerKind.TOKEN);

  private static final List<TimerKind> CONTROLLING =
      List.of(TimerKind.START, TimerKind.STOP, TimerKind.SETTLE, TimerKind.EXPIRY);

  void end(Task task, String why) {
    Task.Edit edit = task.edit();
    edit.status = Task.Status.ENDED;
    edit.endedAt = now;
    edit.endReason = why;
    Task ended = put(edit);
    CONTROLLING.forEach(kind -> cancel(kind, ended));
    WATCHING.forEach(kind -> cancel(kind, ended));
    if (task.sid() != null) {
      event("task.ended", ended);
      set(TimerKind.AUDIT, ended, policy.auditPasses().getFirst());
    }
  }

  /// Ends the session by our own decision; what may still run is stopped.
  void fail(String why) {
    status = Status.FAILED;
    reason = why;
    stoppedAt = now;
    tasks().stream().filter(Task::wanted).forEach(task -> dismiss(task, why));
  }

  /// Ends the session in good order; it is stopped when the end of every recorder is proven.
  void stop(String why) {
    status = Status.STOPPING;
    reason = why;
    tasks().forEach(task -> cancel(TimerKind.PRESENCE, task));
    tasks().stream().filter(Task::wanted).forEach(task -> dismiss(task, "stopped"));
  }

  /// Says why the session is on its way back.
  void because(String why) {
    reason = why;
  }

  void alarm(String kind, Task task) {
    Map<String, @Nullable Object> data = new HashMap<String, @Nullable Object>(data(task));
    data.put("kind", kind);
    events.add(new BusinessEvent("alarm.raised", from.id(), from.app(), now, data));
  }

  void auditSettled(Task task, String auditStatus, List<String> findings) {
    Map<String, @Nullable Object> data = new HashMap<String, @Nullable Object>(data(task));
    data.put("status", auditStatus);
    data.put("findings", findings);
    events.add(new BusinessEvent("audit.settled", from.id(), from.app(), now, data));
  }

  void event(String type, Task task) {
    events.add(new BusinessEvent(type, from.id(), from.app(), now, data(task)));
  }

  private Map<String, @Nullable Object> data(Task task) {
    Map<String, @Nullable Object> data = new HashMap<>();
    data.put("channel", from.channel());
    data.put("task", task.number());
    data.put("uid", task.uid());
    data.put("cause", task.cause().word());
    if (task.sid() != null) {
      data.put("sid", Objects.requireNonNull(task.sid()));
    }
    if (task.endReason() != null) {
      data.put("endReason", Objects.requireNonNull(task.endReason()));
    }
    return data;
  }

  Move move(Rule rule) {
    deriveStatus();
    boolean seen =
        !UNSEEN.contains(rule)
            && (status != from.status()
                || !Objects.equals(reason, from.reason())
                || !List.copyOf(tasks.values()).equals(from.tasks())
                || files.size() != from.files().size()
                || !changes.equals(from.changes()));
    Session next =
        new Session(
            from.id(),
            from.app(),
            from.channel(),
            from.mode(),
            from.slot(),
            from.assurance(),
            from.onIdle(),
            status,
            reason,
            refusal,
            from.destination(),
            from.request(),
            changes,
            update,
            from.digest(),
            from.uids(),
            from.labels(),
            List.copyOf(tasks.values()),
            List.copyOf(files),
            from.createdAt(),
            seen ? now : from.updatedAt(),
            stoppedAt,
            from.version());
    if (status != from.status() && TOLD.contains(status)) {
      Map<String, @Nullable Object> data = new HashMap<>();
      data.put("channel", from.channel());
      data.put("status", status.word());
      data.put("reason", reason == null ? "" : reason);
      data.put("labels", from.labels());
      events.add(new BusinessEvent("session." + status.word(), from.id(), from.app(), now, data));
    }
    return new Move(rule, next, timers, events);
  }

  /// What happens all the time and changes nothing that is shown.
  private static final Set<Rule> UNSEEN =
      Set.of(Rule.PROVEN_AGAIN, Rule.POSTPONED, Rule.PAGE_ALIVE);

  private static final Set<Status> TOLD =
      Set.of(Status.RECORDING, Status.RECOVERING, Status.STOPPED, Status.FAILED);

  /// The session's status follows from its tasks; only its wish to end is its own.
  private void deriveStatus() {
    if (status.isFinal()) {
      return;
    }
    if (status == Status.STOPPING) {
      // A start of unknown outcome keeps no session open: nobody could stop it without its sid.
      boolean open =
          tasks.values().stream()
              .anyMatch(task -> !task.ended() && task.status() != Task.Status.UNKNOWN);
      if (!open) {
        status = Status.STOPPED;
        stoppedAt = now;
      }
      return;
    }
    boolean recording =
        tasks.values().stream()
            .anyMatch(
                task ->
                    task.wanted()
                        && (task.status() == Task.Status.LIVE
                            || (task.status() == Task.Status.DOUBTFUL && !hasSuccessor(task))));
    boolean everConfirmed = tasks.values().stream().anyMatch(task -> task.confirmedAt() != null);
    if (recording) {
      status = Status.RECORDING;
      reason = fatalError();
    } else if (everConfirmed) {
      status = Status.RECOVERING;
    } else {
      status = Status.STARTING;
    }
  }

  /// What Agora says will end the recording, as long as nothing else records.
  private @Nullable String fatalError() {
    return tasks.values().stream()
        .filter(task -> task.wanted() && !task.ended() && task.error() != null)
        .map(Task::error)
        .findFirst()
        .orElse(null);
  }

  /// A start on its way is over, with whatever answer.
  static Task.Edit answered(Task task) {
    Task.Edit edit = task.edit();
    edit.phase = Phase.WAITING;
    return edit;
  }
}
