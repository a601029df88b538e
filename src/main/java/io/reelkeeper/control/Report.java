package io.reelkeeper.control;

import io.reelkeeper.session.Sessions;
import io.reelkeeper.session.Sessions.Applied;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Signal;
import java.time.Duration;
import java.util.function.Supplier;
import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/// Brings Agora's answers to the session, however long the database is away.
///
/// An answer is told only once: a sid that is not stored is a recorder that nobody can stop. Taking
/// the same answer in twice changes nothing, so a commit of unknown outcome is simply repeated.
@Component
class Report {

  /// Longer than a fail-over of the database takes; then the walk comes again by its timer.
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final Sessions sessions;
  private final RetryTemplate patiently =
      new RetryTemplate(
          RetryPolicy.builder()
              .includes(DataAccessException.class, TransactionException.class)
              .excludes(DataIntegrityViolationException.class)
              .maxRetries(Long.MAX_VALUE)
              .timeout(PATIENCE)
              .delay(Duration.ofMillis(50))
              .multiplier(2)
              .maxDelay(Duration.ofSeconds(2))
              .build());

  Report(Sessions sessions) {
    this.sessions = sessions;
  }

  /// What was answered when the session was as given.
  Applied of(Session asked, Signal.OfTask signal) {
    return patiently(() -> sessions.apply(asked, signal));
  }

  private Applied patiently(Supplier<Applied> apply) {
    try {
      return patiently.execute(apply::get);
    } catch (RetryException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException("the answer could not be stored", e);
    }
  }
}
