package io.reelkeeper.replay;

import io.reelkeeper.replay.Truth.Ending;
import io.reelkeeper.replay.Truth.Presence;
import io.reelkeeper.replay.Truth.StopAsked;
import io.reelkeeper.session.History;
import io.reelkeeper.session.state.Notice;
import io.reelkeeper.session.state.Notice.What;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Signal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads the history of one session, page by page, as what happened at Agora.
final class TruthReader {

  private static final int PAGE = 1_000;

  /// A month of a page that reports itself four times a minute, and some more. What is kept of it
  /// is
  /// a few megabytes.
  private static final int MOST_ROWS = 250_000;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// Rules that say that there was nothing left to record.
  private static final Set<String> NOTHING_LEFT =
      Set.of("ENDED_IDLE", "ENDED_IDLE_WAITING", "ENDED_BY_PAGE");

  /// A row that no version of the service writes.
  private static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final History history;
  private final Session stored;
  private final Map<Integer, Fate> fates = new TreeMap<>();
  private final List<StopAsked> stops = new ArrayList<>();
  private final List<Presence> presences = new ArrayList<>();
  private final List<Ending> endings = new ArrayList<>();
  private Instant until;
  private int unreadable;

  private TruthReader(History history, Session stored) {
    this.history = history;
    this.stored = stored;
    this.until = stored.createdAt();
    stored.tasks().forEach(task -> fates.put(task.number(), new Fate(task)));
  }

  /// @throws IllegalStateException when nothing is stored any more of how the session ended
  static Truth read(History history, Session stored) {
    return new TruthReader(history, stored).read();
  }

  private Truth read() {
    int rows = 0;
    Long last = null;
    List<History.Entry> page;
    do {
      page = history.of(stored.id(), last, PAGE);
      for (History.Entry entry : page) {
        take(entry);
        last = entry.id();
      }
      rows += page.size();
    } while (page.size() == PAGE && rows < MOST_ROWS);
    return new Truth(fates, stops, presences, endings, until, unreadable, page.size() < PAGE);
  }

  private void take(History.Entry entry) {
    try {
      understand(entry);
      until = entry.at().isAfter(until) ? entry.at() : until;
    } catch (JacksonException | IllegalArgumentException | Unreadable e) {
      unreadable++;
    }
  }

  private void understand(History.Entry entry) {
    Instant at = entry.at();
    switch (entry.signal()) {
      case "Acquired" -> {
        Signal.Acquired acquired = read(entry, Signal.Acquired.class);
        if (!entry.rule().equals("START_OUTDATED")) {
          fate(acquired).ifPresent(it -> it.acquired(at));
        }
      }
      case "StartGranted" -> startAnswered(at, read(entry, Signal.StartGranted.class));
      case "StartRefused" -> startAnswered(at, read(entry, Signal.StartRefused.class));
      case "StartBusy" -> startAnswered(at, read(entry, Signal.StartBusy.class));
      case "StartUnheard" -> startAnswered(at, read(entry, Signal.StartUnheard.class));
      case "StartedAlready" -> startAnswered(at, read(entry, Signal.StartedAlready.class));
      case "QueryAnswered" ->
          queryAnswered(entry, playlistAlone(read(entry, Signal.QueryAnswered.class)));
      case "WorkerNotFound" -> queryAnswered(entry, read(entry, Signal.WorkerNotFound.class));
      case "QueryUnheard" -> queryAnswered(entry, read(entry, Signal.QueryUnheard.class));
      case "QueryPostponed" -> queryAnswered(entry, read(entry, Signal.QueryPostponed.class));
      case "QueryRefused" -> queryAnswered(entry, read(entry, Signal.QueryRefused.class));
      case "StopAnswered" -> {
        Signal.StopAnswered answer = read(entry, Signal.StopAnswered.class);
        fate(answer).ifPresent(it -> it.stopAnswered(at, answer.outcome()));
      }
      case "Present" -> {
        Signal.Present present = read(entry, Signal.Present.class);
        presences.add(new Presence(at, present.hosts()));
        if (NOTHING_LEFT.contains(entry.rule())) {
          nothingLeft(at, present.task(), leftEmpty(at));
        }
      }
      case "HaDue" -> {
        Signal.HaDue due = read(entry, Signal.HaDue.class);
        fate(due).ifPresent(it -> it.judged(at, due.watchdog()));
      }
      case "PageReady" ->
          fate(read(entry, Signal.PageReady.class)).ifPresent(it -> it.pageReported(at));
      case "PageAlive" ->
          fate(read(entry, Signal.PageAlive.class)).ifPresent(it -> it.pageReported(at));
      case "PageDue" -> {
        Signal.PageDue due = read(entry, Signal.PageDue.class);
        if (Set.of("PAGE_SILENT", "PAGE_NOT_READY").contains(entry.rule())) {
          fate(due).ifPresent(Fate::pageFailed);
        }
      }
      case "CredentialsSent" -> {
        Signal.CredentialsSent sent = read(entry, Signal.CredentialsSent.class);
        Instant ends = sent.tokenEnds();
        if (ends != null) {
          fate(sent).ifPresent(it -> it.tokenSent(at, ends));
        }
      }
      case "UpdateAnswered" -> {
        Signal.UpdateAnswered answer = read(entry, Signal.UpdateAnswered.class);
        if (answer.outcome() == Signal.UpdateOutcome.NOT_FOUND) {
          fate(answer).ifPresent(it -> it.missed(at));
        }
      }
      case "Noticed" -> noticed(entry, notice(entry.detail()));
      case "StopAsked" ->
          stops.add(new StopAsked(at, read(entry, Signal.StopAsked.class).reason()));
      default -> {
        // Our own deadlines, and what changes no recording, tell nothing of the world.
        if (!SIGNALS.contains(entry.signal())) {
          throw new Unreadable();
        }
      }
    }
  }

  private static final Set<String> SIGNALS = names(Signal.class);

  private static Set<String> names(Class<?> sealed) {
    Set<String> names = new HashSet<>();
    for (Class<?> permitted : Objects.requireNonNull(sealed.getPermittedSubclasses())) {
      if (permitted.isSealed()) {
        names.addAll(names(permitted));
      } else {
        names.add(permitted.getSimpleName());
      }
    }
    return names;
  }

  private static <S extends Signal> S read(History.Entry entry, Class<S> type) {
    S signal = JSON.treeToValue(entry.detail(), type);
    boolean whole =
        switch (signal) {
          case null -> false;
          case Signal.StartGranted it -> whole(it.sid()) && whole(it.resourceId());
          case Signal.StartRefused it -> whole(it.operation()) && whole(it.reason());
          case Signal.StartBusy it -> whole(it.operation());
          case Signal.StopAnswered it -> whole(it.outcome());
          case Signal.HaDue it -> whole(it.watchdog());
          case Signal.StopAsked it -> whole(it.reason());
          default -> true;
        };
    if (!whole) {
      throw new Unreadable();
    }
    return Objects.requireNonNull(signal);
  }

  private Optional<Fate> fate(Signal.OfTask signal) {
    return Optional.ofNullable(fates.get(signal.task()));
  }

  private void startAnswered(Instant at, Signal.OfTask answer) {
    fate(answer).ifPresent(it -> it.startAnswered(at, answer));
  }

  private void queryAnswered(History.Entry entry, Signal.OfTask answer) {
    fate(answer).ifPresent(it -> it.queryAnswered(entry.at(), answer, entry.rule()));
  }

  /// Of the files only the playlist's name decides anything.
  private static Signal.QueryAnswered playlistAlone(Signal.QueryAnswered answer) {
    List<String> playlist =
        answer.files().stream().filter(it -> it.endsWith(".m3u8")).limit(1).toList();
    return new Signal.QueryAnswered(answer.task(), answer.status(), playlist);
  }

  private void noticed(History.Entry entry, Notice notice) {
    Optional<Fate> told =
        fates.values().stream().filter(it -> notice.sid().equals(it.task.sid())).findFirst();
    if (told.isEmpty()) {
      return;
    }
    Fate fate = told.get();
    if (NOTHING_LEFT.contains(entry.rule())) {
      nothingLeft(entry.at(), fate.task.number(), notice);
    } else if (!(notice.what() instanceof What.Other) && !isIdle(notice)) {
      fate.noticed(entry.at(), notice, entry.rule());
    }
  }

  private void nothingLeft(Instant at, int task, Notice notice) {
    endings.add(new Ending(at, task, notice));
    Fate fate = fates.get(task);
    if (fate != null) {
      fate.endedByItself();
    }
  }

  private static boolean isIdle(Notice notice) {
    return notice.what() instanceof What.RecorderLeft left && left.idle();
  }

  /// What a recorder says that leaves an empty channel.
  private static Notice leftEmpty(Instant at) {
    return new Notice(
        "", 41, "", "", "", 0, 0, at.toEpochMilli(), new What.RecorderLeft(EMPTY_CHANNEL));
  }

  private static final int EMPTY_CHANNEL = 4;

  private static Notice notice(JsonNode detail) {
    int type = detail.path("eventType").asInt(0);
    return new Notice(
        detail.path("noticeId").asString(""),
        type,
        detail.path("sid").asString(""),
        detail.path("cname").asString(""),
        detail.path("uid").asString(""),
        detail.path("serviceType").asInt(-1),
        detail.path("sequence").asLong(-1),
        detail.path("sendts").asLong(0),
        what(type, detail.path("what")));
  }

  /// Only what can move a recording; the rest would be kept for nothing.
  private static What what(int type, JsonNode what) {
    Class<? extends What> known =
        switch (type) {
          case 1 -> What.Failed.class;
          case 4 -> What.PlaylistUploaded.class;
          case 11 -> What.Exited.class;
          case 12 -> What.FailedOver.class;
          case 13 -> What.HaRegistered.class;
          case 31 -> What.Uploaded.class;
          case 32 -> What.BackedUp.class;
          case 40 -> What.RecorderStarted.class;
          case 41 -> What.RecorderLeft.class;
          case 42 -> What.SliceStarted.class;
          case 70 -> What.WebRecorderStarted.class;
          case 71 -> What.WebRecorderStopped.class;
          default -> null;
        };
    if (known == null) {
      return new What.Other();
    }
    What read = JSON.treeToValue(what, known);
    boolean whole =
        switch (read) {
          case null -> false;
          case What.FailedOver it -> whole(it.newUid());
          case What.PlaylistUploaded it -> whole(it.fileList());
          case What.Uploaded it -> whole(it.files());
          case What.BackedUp it -> whole(it.files());
          case What.WebRecorderStopped it -> whole(it.files());
          default -> true;
        };
    if (!whole) {
      throw new Unreadable();
    }
    return Objects.requireNonNull(read);
  }

  /// JSON knows no member that must not be null.
  private static boolean whole(@Nullable Object member) {
    return member != null;
  }
}
