package io.reelkeeper.api.request;

import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;

/// Everything that is wrong with one request, in the order of its checking.
///
/// A violation names the place and the accepted range and never repeats the value: it may be a
/// secret.
final class Violations {

  /// A body of 64 KiB could hold thousands; nobody reads more than this.
  private static final int REPORTED = 100;

  /// @param pointer JSON pointer (RFC 6901) into the request's body
  record Violation(String pointer, String detail) {}

  private final List<Violation> all = new ArrayList<>();

  void add(String pointer, String detail) {
    if (all.size() < REPORTED) {
      all.add(new Violation(pointer, detail));
    }
  }

  /// Whether something is wrong at this place or below it already.
  boolean anyBelow(String pointer) {
    return all.stream().anyMatch(violation -> violation.pointer().startsWith(pointer));
  }

  List<Violation> list() {
    return List.copyOf(all);
  }

  void raise() {
    if (!all.isEmpty()) {
      throw new ProblemException(
              Problem.INVALID_REQUEST,
              all.size() == 1
                  ? "One violation; nothing was sent to Agora."
                  : all.size() + " violations; nothing was sent to Agora.")
          .with("errors", list());
    }
  }

  /// The pointer to a member or an element below another pointer.
  static String below(String pointer, Object segment) {
    return pointer + "/" + segment.toString().replace("~", "~0").replace("/", "~1");
  }
}
