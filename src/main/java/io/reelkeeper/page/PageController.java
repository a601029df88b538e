package io.reelkeeper.page;

import static org.springframework.http.HttpStatus.CONTENT_TOO_LARGE;
import static org.springframework.http.HttpStatus.GONE;
import static org.springframework.http.HttpStatus.NOT_FOUND;
import static org.springframework.http.HttpStatus.SERVICE_UNAVAILABLE;
import static org.springframework.http.HttpStatus.TOO_EARLY;
import static org.springframework.http.HttpStatus.TOO_MANY_REQUESTS;

import io.reelkeeper.page.Reports.Kind;
import io.reelkeeper.page.Reports.Result;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.responses.ApiResponses;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.net.URI;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/// Where recorded pages report themselves. Their origin is foreign and they have no credentials but
/// the token in the path; what is refused is counted and leaves no log line.
@RestController
@RequestMapping("/page/{token}")
@CrossOrigin(
    origins = "*",
    allowCredentials = "false",
    methods = RequestMethod.POST,
    maxAge = PageController.PREFLIGHT_SECONDS)
class PageController {

  /// As long as browsers remember a preflight at most.
  static final int PREFLIGHT_SECONDS = 7200;

  /// A report says all by its address; what a browser or an author adds is not read.
  private static final long LARGEST_BODY = 1024;

  private static final String PROBLEM = MediaType.APPLICATION_PROBLEM_JSON_VALUE;
  private static final String PROBLEM_SCHEMA = "#/components/schemas/Problem";

  private final Reports reports;

  PageController(Reports reports) {
    this.reports = reports;
  }

  @Target(ElementType.METHOD)
  @Retention(RetentionPolicy.RUNTIME)
  @ApiResponses({
    @ApiResponse(responseCode = "204", description = "Taken", content = @Content),
    @ApiResponse(
        responseCode = "404",
        description = "Not a token of this service",
        content = @Content(mediaType = PROBLEM, schema = @Schema(ref = PROBLEM_SCHEMA))),
    @ApiResponse(
        responseCode = "410",
        description = "This recording is over; do not report any more",
        content = @Content(mediaType = PROBLEM, schema = @Schema(ref = PROBLEM_SCHEMA))),
    @ApiResponse(
        responseCode = "413",
        description = "A body of more than 1 KiB",
        content = @Content(mediaType = PROBLEM, schema = @Schema(ref = PROBLEM_SCHEMA))),
    @ApiResponse(
        responseCode = "425",
        description = "The recording has only just begun; report again",
        content = @Content(mediaType = PROBLEM, schema = @Schema(ref = PROBLEM_SCHEMA))),
    @ApiResponse(
        responseCode = "429",
        description = "More often than once a second",
        content = @Content(mediaType = PROBLEM, schema = @Schema(ref = PROBLEM_SCHEMA))),
    @ApiResponse(
        responseCode = "503",
        description = "It cannot be kept now; report again",
        content = @Content(mediaType = PROBLEM, schema = @Schema(ref = PROBLEM_SCHEMA)))
  })
  private @interface Answers {}

  @Operation(summary = "The recorded page has loaded")
  @Answers
  @PostMapping("/ready")
  ResponseEntity<?> ready(@PathVariable String token, ServerHttpRequest request) {
    return report(token, Kind.READY, request);
  }

  @Operation(summary = "The recorded page is well")
  @Answers
  @PostMapping("/alive")
  ResponseEntity<?> alive(@PathVariable String token, ServerHttpRequest request) {
    return report(token, Kind.ALIVE, request);
  }

  private ResponseEntity<?> report(String token, Kind kind, ServerHttpRequest request) {
    Result result =
        isLarge(request.getHeaders())
            ? reports.counted(kind, Result.TOO_LARGE)
            : reports.take(token, kind);
    return switch (result) {
      case TAKEN -> ResponseEntity.noContent().build();
      case WRONG_TOKEN -> problem(NOT_FOUND, "not-found", "Not found", "No page reports here.");
      case OVER -> problem(GONE, "page-not-recorded", "Not recorded", "This recording is over.");
      case TOO_LARGE ->
          problem(
              CONTENT_TOO_LARGE,
              "payload-too-large",
              "The body is too large",
              "A report needs no body.");
      case TOO_EARLY ->
          problem(
              TOO_EARLY,
              "page-too-early",
              "Too early",
              "The recording has only just begun; report again.");
      case TOO_OFTEN ->
          problem(
              TOO_MANY_REQUESTS,
              "too-many-requests",
              "Too many requests",
              "Once a second is enough.");
      case BUSY ->
          problem(
              SERVICE_UNAVAILABLE,
              "database-unavailable",
              "The database is out of reach",
              "The report is not kept. Send it again.");
    };
  }

  /// A length that is not announced may be any.
  private static boolean isLarge(HttpHeaders headers) {
    return headers.getContentLength() > LARGEST_BODY
        || headers.containsHeader(HttpHeaders.TRANSFER_ENCODING);
  }

  /// Types and titles are those of the pages that the API serves under `/problems`.
  private static ResponseEntity<ProblemDetail> problem(
      HttpStatus status, String slug, String title, String detail) {
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
    problem.setTitle(title);
    problem.setType(URI.create("/problems/" + slug));
    problem.setInstance(URI.create("/page")); // the path itself holds the token
    var answer = ResponseEntity.status(status).contentType(MediaType.APPLICATION_PROBLEM_JSON);
    switch (status) {
      // the rest of the body is not waited for
      case CONTENT_TOO_LARGE -> answer.header(HttpHeaders.CONNECTION, "close");
      case TOO_EARLY, TOO_MANY_REQUESTS, SERVICE_UNAVAILABLE ->
          answer.header(HttpHeaders.RETRY_AFTER, "1");
      default -> {}
    }
    return answer.body(problem);
  }
}
