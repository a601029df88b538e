package io.reelkeeper.api;

import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/// Reads the parameters of a list strictly: what cannot be understood is a 400, never ignored.
public final class Query {

  private static final int DEFAULT_LIMIT = 50;
  private static final int MOST = 200;

  private final MultiValueMap<String, String> parameters;

  public Query(MultiValueMap<String, String> parameters) {
    this.parameters = parameters;
  }

  public int limit() {
    Integer limit =
        one(
            "limit",
            "must be a whole number from 1 to " + MOST,
            text -> {
              int number = Integer.parseInt(text);
              return number >= 1 && number <= MOST && text.charAt(0) != '+' ? number : null;
            });
    return limit == null ? DEFAULT_LIMIT : limit;
  }

  /// What the cursor of the page before holds, null on the first page.
  public <T> @Nullable T cursor(Function<String, T> key) {
    return one(
        "cursor",
        "must be the `next` of a page of this list, unchanged",
        text -> key.apply(new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8)));
  }

  @Nullable String text(String name) {
    return one(name, "must not be empty", text -> text);
  }

  public @Nullable Instant instant(String name) {
    return one(name, "must be an ISO-8601 instant such as 2026-07-01T12:00:00Z", Query::instantOf);
  }

  /// An instant that a database can compare with.
  ///
  /// @throws DateTimeException when the text is no instant between the years 1 and 9999
  public static Instant instantOf(String text) {
    OffsetDateTime time = OffsetDateTime.parse(text);
    if (time.getYear() < 1 || time.getYear() > 9999) {
      throw new DateTimeException("outside of the calendar");
    }
    return time.toInstant();
  }

  /// @param wanted what one value must be, for people
  public <T> List<T> each(String name, String wanted, Function<String, @Nullable T> read) {
    return parameters.getOrDefault(name, List.of()).stream()
        .map(text -> read(name, wanted, text, read))
        .toList();
  }

  /// Repeated `key:value` pairs; the first colon parts them.
  Map<String, String> pairs(String name) {
    var pairs = new TreeMap<String, String>();
    each(name, "must be key:value", text -> text.indexOf(':') > 0 ? text : null)
        .forEach(
            text -> {
              int colon = text.indexOf(':');
              pairs.put(text.substring(0, colon), text.substring(colon + 1));
            });
    return pairs;
  }

  private <T> @Nullable T one(String name, String wanted, Function<String, @Nullable T> read) {
    List<String> values = parameters.getOrDefault(name, List.of());
    if (values.size() > 1) {
      throw invalid(name, "must be given once");
    }
    return values.isEmpty() ? null : read(name, wanted, values.getFirst(), read);
  }

  private static <T> T read(
      String name, String wanted, @Nullable String text, Function<String, @Nullable T> read) {
    try {
      T value = text == null || text.isEmpty() || text.indexOf(0) >= 0 ? null : read.apply(text);
      if (value != null) {
        return value;
      }
    } catch (IllegalArgumentException | DateTimeException _) {
      // said below, like everything else that does not fit
    }
    throw invalid(name, wanted);
  }

  private static ProblemException invalid(String name, String wanted) {
    return new ProblemException(
        Problem.INVALID_REQUEST, "The parameter `" + name + "` " + wanted + ".");
  }
}
