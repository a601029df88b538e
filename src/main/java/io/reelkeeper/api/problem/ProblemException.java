package io.reelkeeper.api.problem;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.HttpHeaders;

/// Ends a request with a problem; an answer, not an accident, so it carries no stack trace.
public final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Problem problem;
  private final transient Map<String, Object> members = new LinkedHashMap<>();
  private final transient Map<String, String> headers = new LinkedHashMap<>();

  /// @param detail what is wrong with this request and what to do; never a secret
  public ProblemException(Problem problem, String detail) {
    super(detail, null, false, false);
    this.problem = problem;
  }

  /// What is answered while nothing can be kept; a database that restarts is back within seconds.
  public static ProblemException databaseAway() {
    return new ProblemException(
            Problem.DATABASE_UNAVAILABLE, "Nothing was accepted; try again in a second.")
        .header(HttpHeaders.RETRY_AFTER, "1");
  }

  /// Adds a member to the body.
  public ProblemException with(String member, Object value) {
    members.put(member, value);
    return this;
  }

  /// Adds a header to the answer.
  public ProblemException header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  public Problem problem() {
    return problem;
  }

  public Map<String, String> headers() {
    return headers;
  }

  /// The body of the answer.
  ///
  /// @param instance the path of the request
  public Map<String, Object> body(String instance) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", problem.type());
    body.put("title", problem.title());
    body.put("status", problem.status());
    body.put("detail", String.valueOf(getMessage()));
    body.put("instance", instance);
    body.putAll(members);
    return body;
  }
}
