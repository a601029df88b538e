package io.reelkeeper.api;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One page of a list, and where the next one begins.
///
/// @param next what to send as `cursor` for the next page, null on the last
public record Page<T>(List<T> items, @Nullable String next) {

  /// Cuts a list that was read with one element too many.
  ///
  /// @param found up to `limit` + 1 elements
  /// @param key what a cursor must hold to go on behind an element
  public static <R, T> Page<T> of(
      List<R> found, int limit, Function<R, String> key, Function<R, T> view) {
    boolean more = found.size() > limit;
    List<R> page = more ? found.subList(0, limit) : found;
    return new Page<>(
        page.stream().map(view).toList(), more ? opaque(key.apply(page.getLast())) : null);
  }

  /// Wraps what a cursor must hold; `Query.cursor` unwraps it.
  public static String opaque(String key) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(key.getBytes(StandardCharsets.UTF_8));
  }
}
