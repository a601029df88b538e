package io.reelkeeper.trail;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.stereotype.Component;

/// Leaves a trail of what is done: lines of the log say their session and app, spans too.
///
/// Spans of one thread are children of each other. A timer's walk begins a trace of its own, for it
/// may run hours after the request, or in another process; what belongs to one session is found by
/// the attribute `session`.
@Component
public class Trail {

  private static final String SESSION = "session";
  private static final String APP = "app";

  private final Tracer tracer;

  public Trail(Tracer tracer) {
    this.tracer = tracer;
  }

  /// One that leaves no spans, for whoever runs without the application.
  public static Trail withoutSpans() {
    return new Trail(Tracer.NOOP);
  }

  /// Begins a step on this thread; closed, everything is as it was before.
  ///
  /// @param name of few different values, such as `walk START`
  public Step begin(String name) {
    return new Step(name);
  }

  /// What the rest of this request is about. Its thread ends with it, and the words with the
  /// thread.
  public void concerns(String session, String app) {
    Span span = tracer.currentSpan();
    put(span == null ? Span.NOOP : span, SESSION, session);
    put(span == null ? Span.NOOP : span, APP, app);
  }

  private static void put(Span span, String key, String value) {
    MDC.put(key, value);
    span.tag(key, value);
  }

  /// Something that is being done on one thread.
  public final class Step implements AutoCloseable {

    private final @Nullable String sessionBefore = MDC.get(SESSION);
    private final @Nullable String appBefore = MDC.get(APP);
    private final Span span;
    private final Tracer.SpanInScope scope;

    private Step(String name) {
      this.span = tracer.nextSpan().name(name).start();
      this.scope = tracer.withSpan(span);
    }

    public Step session(String session) {
      put(span, SESSION, session);
      return this;
    }

    public Step app(String app) {
      put(span, APP, app);
      return this;
    }

    /// Nothing secret: it leaves the service.
    public Step note(String key, String value) {
      span.tag(key, value);
      return this;
    }

    public void failed(Throwable failure) {
      span.error(failure);
    }

    @Override
    public void close() {
      scope.close();
      span.end();
      restore(SESSION, sessionBefore);
      restore(APP, appBefore);
    }

    private static void restore(String key, @Nullable String value) {
      if (value == null) {
        MDC.remove(key);
      } else {
        MDC.put(key, value);
      }
    }
  }
}
