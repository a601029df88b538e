package io.reelkeeper.sandbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What shall go wrong: queues of faults per operation, and rules for notices.
///
/// The first fault in the queue that fits a request is used, `times` times, then dropped.
public final class Faults {

  public enum Operation {
    ACQUIRE,
    START,
    QUERY,
    UPDATE,
    UPDATE_LAYOUT,
    STOP,
    PRESENCE;

    /// As in the path of the request.
    public String word() {
      return this == UPDATE_LAYOUT ? "updateLayout" : name().toLowerCase(Locale.ROOT);
    }
  }

  /// What happens to one request.
  ///
  /// @param works whether the operation is carried out
  /// @param status answered instead of the real status; null keeps the real answer
  /// @param body answered with that status
  /// @param drops whether the connection is closed without an answer
  /// @param delay before the answer, or before the connection is closed
  /// @param times how many requests it meets
  public record Fault(
      boolean works,
      @Nullable Integer status,
      String body,
      boolean drops,
      Duration delay,
      int times) {

    /// Answers this and does nothing.
    public static Fault answer(int status, String body) {
      return new Fault(false, status, body, false, Duration.ZERO, 1);
    }

    /// Answers a service error: `{"code": …, "reason": …}`.
    public static Fault error(int status, int code, String reason) {
      return answer(status, "{\"code\":%d,\"reason\":\"%s\"}".formatted(code, reason));
    }

    /// Closes the connection before anything is done.
    public static Fault drop() {
      return new Fault(false, null, "", true, Duration.ZERO, 1);
    }

    /// Does the work, then closes the connection.
    public static Fault dropAfterWork() {
      return drop().afterWork();
    }

    /// Answers 200 with a body that is no JSON.
    public static Fault garbage(String body) {
      return answer(200, body);
    }

    /// Answers as usual, only late.
    public static Fault late(Duration delay) {
      return new Fault(true, null, "", false, delay, 1);
    }

    public Fault afterWork() {
      return new Fault(true, status, body, drops, delay, times);
    }

    public Fault delayed(Duration by) {
      return new Fault(works, status, body, drops, by, times);
    }

    public Fault times(int other) {
      return new Fault(works, status, body, drops, delay, other);
    }
  }

  public enum NoticeFault {
    LOSE,
    DUPLICATE,
    /// It comes after some of the notices that follow it.
    REORDER,
    DELAY,
    WRONG_SIGNATURE
  }

  /// @param operation null fits every operation
  /// @param cname null fits every channel
  record Queued(@Nullable Operation operation, @Nullable String cname, Fault fault) {}

  /// @param eventType null fits every event
  /// @param percent share of the fitting notices that it meets
  record NoticeRule(
      NoticeFault fault,
      @Nullable Integer eventType,
      @Nullable String cname,
      int percent,
      Duration delay) {}

  private final RandomGenerator random;
  private final List<Queued> queue = new ArrayList<>();
  private final List<NoticeRule> rules = new ArrayList<>();

  Faults(RandomGenerator random) {
    this.random = random;
  }

  public Faults on(Operation operation, Fault fault) {
    return add(operation, null, fault);
  }

  public Faults on(Operation operation, String cname, Fault fault) {
    return add(operation, cname, fault);
  }

  /// Meets the next requests of any operation.
  public Faults onAny(Fault fault) {
    return add(null, null, fault);
  }

  public Faults notices(NoticeFault fault) {
    return notices(fault, null, null, 100, Duration.ofSeconds(15));
  }

  public Faults notices(NoticeFault fault, int eventType) {
    return notices(fault, eventType, null, 100, Duration.ofSeconds(15));
  }

  /// @param eventType null fits every event
  /// @param cname null fits every channel
  /// @param percent share of the fitting notices that it meets
  /// @param delay for DELAY: how late; for REORDER: how late at most
  public synchronized Faults notices(
      NoticeFault fault,
      @Nullable Integer eventType,
      @Nullable String cname,
      int percent,
      Duration delay) {
    rules.add(new NoticeRule(fault, eventType, cname, percent, delay));
    return this;
  }

  /// No notice is sent any more.
  public Faults silence() {
    return notices(NoticeFault.LOSE);
  }

  public synchronized void reset() {
    queue.clear();
    rules.clear();
  }

  synchronized Faults add(@Nullable Operation operation, @Nullable String cname, Fault fault) {
    queue.add(new Queued(operation, cname, fault));
    return this;
  }

  synchronized @Nullable Fault take(Operation operation, String cname) {
    for (Iterator<Queued> all = queue.iterator(); all.hasNext(); ) {
      Queued queued = all.next();
      boolean fits =
          (queued.operation() == null || queued.operation() == operation)
              && (queued.cname() == null || queued.cname().equals(cname));
      if (fits) {
        Fault fault = queued.fault();
        if (fault.times() <= 1) {
          all.remove();
        } else {
          var rest = new Queued(queued.operation(), queued.cname(), fault.times(fault.times() - 1));
          queue.set(queue.indexOf(queued), rest);
        }
        return fault;
      }
    }
    return null;
  }

  /// The rules that meet this notice, lots drawn.
  synchronized List<NoticeRule> rulesFor(int eventType, String cname) {
    return rules.stream()
        .filter(rule -> rule.eventType() == null || rule.eventType() == eventType)
        .filter(rule -> rule.cname() == null || rule.cname().equals(cname))
        .filter(rule -> random.nextInt(100) < rule.percent())
        .toList();
  }

  synchronized List<Queued> queued() {
    return List.copyOf(queue);
  }

  synchronized List<NoticeRule> noticeRules() {
    return List.copyOf(rules);
  }
}
