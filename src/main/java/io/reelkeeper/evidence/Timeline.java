package io.reelkeeper.evidence;

import io.reelkeeper.api.Page;
import io.reelkeeper.api.Query;
import io.reelkeeper.notification.Inbox;
import io.reelkeeper.provider.CallJournal;
import io.reelkeeper.session.History;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Task;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Merges what was asked, what was told and what was decided into one order of time.
@Component
public class Timeline {

  /// How far each of the three sources was read.
  ///
  /// @param decision the last id of the history
  /// @param call the last entry of the call journal
  /// @param notices how many notifications were shown
  public record Place(long decision, CallJournal.Cursor call, int notices) {

    public static final Place START = new Place(0, CallJournal.Cursor.START, 0);

    /// @throws IllegalArgumentException when the text is none of ours
    static Place parse(String text) {
      String[] parts = text.split(" ", -1);
      if (parts.length != 4) {
        throw new IllegalArgumentException("not a place in a timeline");
      }
      int notices = Integer.parseInt(parts[3]);
      if (notices < 0) {
        throw new IllegalArgumentException("not a place in a timeline");
      }
      return new Place(
          Long.parseLong(parts[0]),
          new CallJournal.Cursor(Query.instantOf(parts[1]), Long.parseLong(parts[2])),
          notices);
    }

    String text() {
      return decision + " " + call.at() + " " + call.seq() + " " + notices;
    }
  }

  private final History history;
  private final CallJournal calls;
  private final Inbox inbox;

  Timeline(History history, CallJournal calls, Inbox inbox) {
    this.history = history;
    this.calls = calls;
    this.inbox = inbox;
  }

  /// Some moments, and where the next ones begin, or null at the end.
  public record Part(List<Moment> moments, @Nullable Place next) {}

  Page<Moment> of(Session session, Place from, int limit) {
    Part part = read(session, from, limit);
    return new Page<>(part.moments(), part.next() == null ? null : Page.opaque(part.next().text()));
  }

  public Part read(Session session, Place from, int limit) {
    List<History.Entry> decisions = history.of(session.id(), from.decision(), limit + 1);
    List<CallJournal.Entry> requests = calls.of(session.id(), from.call(), limit + 1);
    List<Inbox.Entry> notices = notices(session, from.notices(), limit + 1);
    var moments = new ArrayList<Moment>();
    Place place = from;
    int decision = 0;
    int request = 0;
    int notice = 0;
    while (moments.size() < limit) {
      Instant decided = at(decisions, decision, History.Entry::at);
      Instant asked = at(requests, request, CallJournal.Entry::at);
      Instant told = at(notices, notice, Inbox.Entry::receivedAt);
      // of the same instant the question comes before the answer, and both before the decision
      if (asked != Instant.MAX && !asked.isAfter(told) && !asked.isAfter(decided)) {
        CallJournal.Entry entry = requests.get(request++);
        moments.add(Moment.of(entry));
        place = new Place(place.decision(), entry.cursor(), place.notices());
      } else if (told != Instant.MAX && !told.isAfter(decided)) {
        moments.add(Moment.of(notices.get(notice++), session));
        place = new Place(place.decision(), place.call(), place.notices() + 1);
      } else if (decided != Instant.MAX) {
        History.Entry entry = decisions.get(decision++);
        moments.add(Moment.of(entry));
        place = new Place(entry.id(), place.call(), place.notices());
      } else {
        break;
      }
    }
    boolean more =
        decision < decisions.size() || request < requests.size() || notice < notices.size();
    return new Part(moments, more ? place : null);
  }

  private List<Inbox.Entry> notices(Session session, int shown, int limit) {
    List<String> sids = session.tasks().stream().map(Task::sid).filter(Objects::nonNull).toList();
    return inbox.of(session.app(), sids, shown, limit);
  }

  /// The time of the next entry, or the end of time.
  private static <T> Instant at(List<T> entries, int next, Function<T, Instant> time) {
    return next < entries.size() ? time.apply(entries.get(next)) : Instant.MAX;
  }
}
