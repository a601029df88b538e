package io.reelkeeper.provider;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/// Which of Agora's domains is asked next.
///
/// The same domain twice; then, where its name did not resolve, the alternate name, otherwise the
/// adjacent region at once; then the adjacent region. A breaker for each app and domain remembers
/// what is down, so that the next call begins where the last one succeeded.
@Component
class DomainRoute {

  /// One call's two attempts on a domain: when both are lost the domain rests.
  private static final int LOST_IN_A_ROW = 2;

  private final Map<String, Domains> apps = new HashMap<>();

  DomainRoute(AgoraApps apps, ProviderSettings settings, Clock clock) {
    var config =
        CircuitBreakerConfig.custom()
            .slidingWindow(LOST_IN_A_ROW, LOST_IN_A_ROW, SlidingWindowType.COUNT_BASED)
            .failureRateThreshold(100)
            .waitDurationInOpenState(settings.domainRest())
            .permittedNumberOfCallsInHalfOpenState(1)
            .clock(clock)
            .currentTimestampFunction(Clock::millis, TimeUnit.MILLISECONDS)
            .build();
    apps.all()
        .forEach(
            (alias, app) -> {
              AgoraApps.Route route = app.route();
              this.apps.put(
                  alias,
                  new Domains(
                      Domain.of(alias, route.primary(), config),
                      Domain.of(alias, route.alternate(), config),
                      Domain.of(alias, route.adjacent(), config),
                      new AtomicReference<>()));
            });
  }

  private record Domain(URI base, CircuitBreaker breaker) {
    static Domain of(String alias, URI base, CircuitBreakerConfig config) {
      return new Domain(base, CircuitBreaker.of(alias + " " + base, config));
    }
  }

  private record Domains(
      Domain primary, Domain alternate, Domain adjacent, AtomicReference<Domain> lastHeard) {

    /// The primary while it is well; else where the last call succeeded; else any that may be
    /// asked. With all of them resting the primary is asked anyway: a breaker spares calls, it must
    /// not make them impossible.
    Domain first() {
      Domain last = lastHeard.get();
      return Stream.of(primary, last == null ? primary : last, adjacent, alternate)
          .distinct()
          .filter(domain -> domain.breaker.tryAcquirePermission())
          .findFirst()
          .orElse(primary);
    }
  }

  /// The way of one call from domain to domain; not shared between threads.
  static final class Journey {

    private final Domains domains;
    private final Domain byName;
    private final Domain byPlace;
    private Domain here;
    private int lost;

    private Journey(Domains domains) {
      this.domains = domains;
      this.here = domains.first();
      this.byName = here.equals(domains.alternate) ? domains.primary : domains.alternate;
      this.byPlace = here.equals(domains.adjacent) ? domains.primary : domains.adjacent;
    }

    URI domain() {
      return here.base;
    }

    /// An HTTP answer came, whatever it said.
    void heard() {
      here.breaker.onSuccess(0, TimeUnit.MILLISECONDS);
      if (here.breaker.getState() != CircuitBreaker.State.CLOSED) {
        here.breaker.transitionToClosedState();
      }
      domains.lastHeard.set(here);
    }

    /// No HTTP answer came; `domain()` is now where to ask next.
    void lost(boolean dns) {
      here.breaker.onError(0, TimeUnit.MILLISECONDS, new IOException("no HTTP answer"));
      lost++;
      if (lost >= LOST_IN_A_ROW) {
        here = lost == LOST_IN_A_ROW && dns ? byName : byPlace;
      }
    }
  }

  Journey of(String app) {
    Domains domains = apps.get(app);
    if (domains == null) {
      throw new IllegalArgumentException("no app '" + app + "' under reelkeeper.apps");
    }
    return new Journey(domains);
  }
}
