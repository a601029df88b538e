package io.reelkeeper.api;

import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.ProblemException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/// What the caller says about the answer in headers: how long to wait for it, and under which key
/// it is to be remembered.
///
/// @param patience how long the caller waits before a 202 does
/// @param applied the value of `Preference-Applied`, null when nothing was preferred
record Preferences(Duration patience, @Nullable String applied) {

  /// A start is usually confirmed to exist within a second; this also covers the first retries.
  private static final int DEFAULT_WAIT = 20;

  /// Load balancers give up a silent connection after a minute.
  private static final int LONGEST_WAIT = 60;

  /// A preference, its value, and parameters that nobody uses (RFC 7240).
  private static final Pattern WAIT =
      Pattern.compile("(?i:wait)\\s*(?:=\\s*(?:\"([^\"]*)\"|([^;\\s]*))\\s*)?(?:;.*)?");

  private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7e]{1,255}");

  static Preferences of(HttpHeaders headers) {
    for (String line : headers.getOrEmpty("Prefer")) {
      for (String preference : line.split(",", -1)) {
        Matcher wait = WAIT.matcher(preference.strip());
        if (wait.matches()) {
          int seconds = seconds(wait.group(1) != null ? wait.group(1) : wait.group(2));
          return new Preferences(Duration.ofSeconds(seconds), "wait=" + seconds);
        }
      }
    }
    return new Preferences(Duration.ofSeconds(DEFAULT_WAIT), null);
  }

  /// The idempotency key, or null when none was sent.
  static @Nullable String idempotencyKey(HttpHeaders headers) {
    List<String> keys = headers.getOrEmpty("Idempotency-Key");
    if (keys.isEmpty()) {
      return null;
    }
    if (keys.size() == 1 && VISIBLE.matcher(keys.getFirst()).matches()) {
      return keys.getFirst();
    }
    throw new ProblemException(
        Problem.INVALID_REQUEST,
        "The header Idempotency-Key must be sent once, with 1 to 255 visible ASCII characters.");
  }

  private static int seconds(@Nullable String text) {
    if (text != null && text.matches("\\d{1,4}")) {
      int seconds = Integer.parseInt(text);
      if (seconds <= LONGEST_WAIT) {
        return seconds;
      }
    }
    throw new ProblemException(
        Problem.INVALID_REQUEST,
        "The header Prefer must say wait=<seconds> with a whole number from 0 to 60.");
  }
}
