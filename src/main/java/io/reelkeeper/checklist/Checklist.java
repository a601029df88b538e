package io.reelkeeper.checklist;

import io.reelkeeper.core.Words;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Agora's integration checklist for one App ID, ticked from what really happened.
public record Checklist(String app, List<Item> items, Watchdog watchdog) {

  public Checklist {
    items = List.copyOf(items);
  }

  /// Agora's ten points, in its order.
  public enum Point {
    SERVICE(1, "Cloud recording is activated", true),
    REQUEST_METHODS(2, "Requests go to the right addresses by the right methods", true),
    RESOURCES(3, "Each resource ID is used for one recording, each UID by one recorder", true),
    CHANNEL_TYPE(4, "channelType is that of the channel", true),
    PARAMETERS(5, "The parameters of a start are accepted", true),
    CONFIRMED_STARTS(6, "A start is confirmed by status 4 or 5", true),
    LIMITS(7, "Workers and requests per second have room", true),
    NOTIFICATIONS(8, "Notifications arrive, every event that matters among them", false),
    DOMAINS(9, "Agora is reached by more than one domain", false),
    IDLE_TIME(10, "maxIdleTime is reasonable", false);

    private final int number;
    private final String title;
    private final boolean required;

    Point(int number, String title, boolean required) {
      this.number = number;
      this.title = title;
      this.required = required;
    }
  }

  /// Worse ones further down.
  public enum State {
    DONE,
    /// It can only be seen when something happens that has not happened.
    UNKNOWN,
    NOT_YET,
    WRONG;

    public String word() {
      return Words.slug(this);
    }

    static State ofWord(String word) {
      return Stream.of(values()).filter(it -> it.word().equals(word)).findFirst().orElseThrow();
    }
  }

  /// What is known of one thing.
  ///
  /// @param detail what was seen
  /// @param at when, null if never
  /// @param session where, null if nowhere in particular
  /// @param toDo null when nothing is to be done
  record Finding(
      State state,
      String detail,
      @Nullable Instant at,
      @Nullable UUID session,
      @Nullable String toDo) {

    static Finding done(String detail, @Nullable Instant at, @Nullable UUID session) {
      return new Finding(State.DONE, detail, at, session, null);
    }

    static Finding of(State state, String detail, String toDo) {
      return new Finding(state, detail, null, null, toDo);
    }

    Finding seen(@Nullable Instant when, @Nullable UUID where) {
      return new Finding(state, detail, when, where, toDo);
    }
  }

  /// One point, and how it stands.
  ///
  /// @param number Agora's, from 1
  /// @param state `done`, `not-yet`, `wrong` or `unknown`
  /// @param parts of the points that have several, such as the events; else empty
  public record Item(
      int number,
      String name,
      String title,
      boolean required,
      String state,
      String detail,
      @Nullable Instant at,
      @Nullable UUID session,
      @Nullable String toDo,
      List<Part> parts) {

    static Item of(Point point, Finding finding, List<Part> parts) {
      return new Item(
          point.number,
          Words.slug(point),
          point.title,
          point.required,
          finding.state.word(),
          finding.detail,
          finding.at,
          finding.session,
          finding.toDo,
          parts);
    }
  }

  /// One of the several things that a point is about.
  ///
  /// @param name such as `40` or a domain's host
  public record Part(
      String name, String state, String detail, @Nullable Instant at, @Nullable UUID session) {

    static Part of(String name, Finding finding) {
      return new Part(name, finding.state.word(), finding.detail, finding.at, finding.session);
    }
  }
}
