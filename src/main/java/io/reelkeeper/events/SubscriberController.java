package io.reelkeeper.events;

import io.reelkeeper.api.Query;
import io.reelkeeper.api.access.Caller;
import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.ProblemException;
import io.reelkeeper.api.problem.Problems;
import io.reelkeeper.outbox.Subscribers;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Who is told by webhook, how that goes, and what an operator does about it.
@RestController
@RequestMapping(path = "/v1/subscribers", produces = MediaType.APPLICATION_JSON_VALUE)
class SubscriberController {

  /// @param events that are told again
  record Replayed(int events) {}

  private final Subscribers subscribers;
  private final Clock clock;

  SubscriberController(Subscribers subscribers, Clock clock) {
    this.subscribers = subscribers;
    this.clock = clock;
  }

  @Operation(summary = "List subscribers: state, what waits, the last error")
  @Problems({})
  @GetMapping
  List<SubscriberView> list(@Parameter(hidden = true) @AuthenticationPrincipal Caller caller) {
    Instant now = clock.instant();
    return subscribers.all().stream()
        .filter(status -> subscribers.isWithin(status.name(), caller.apps()))
        .map(status -> SubscriberView.of(status, now))
        .toList();
  }

  @Operation(summary = "Tell a subscriber again what happened since then, in order")
  @Parameter(
      in = ParameterIn.QUERY,
      name = "since",
      required = true,
      description = "ISO 8601; events keep their ids, so that who has them may skip them",
      schema = @Schema(implementation = Instant.class))
  @ApiResponse(responseCode = "202", description = "They are on their way")
  @Problems({Problem.INVALID_REQUEST, Problem.NOT_FOUND})
  @PostMapping("/{name}/replay")
  @ResponseStatus(HttpStatus.ACCEPTED)
  Replayed replay(
      @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
      @PathVariable String name,
      @Parameter(hidden = true) @RequestParam MultiValueMap<String, String> parameters) {
    check(caller, name);
    Instant since = new Query(parameters).instant("since");
    if (since == null) {
      throw new ProblemException(
          Problem.INVALID_REQUEST, "The parameter `since` is missing: from when on?");
    }
    return new Replayed(subscribers.replay(name, since));
  }

  @Operation(summary = "Send a subscriber a signed test event now, and say what came of it")
  @Problems(Problem.NOT_FOUND)
  @PostMapping("/{name}/test")
  Subscribers.Trial test(
      @Parameter(hidden = true) @AuthenticationPrincipal Caller caller, @PathVariable String name) {
    check(caller, name);
    return subscribers.test(name);
  }

  @Operation(summary = "End a pause, and try at once what waits for its next attempt")
  @Problems(Problem.NOT_FOUND)
  @PostMapping("/{name}/resume")
  SubscriberView resume(
      @Parameter(hidden = true) @AuthenticationPrincipal Caller caller, @PathVariable String name) {
    check(caller, name);
    subscribers.resume(name);
    return subscribers.all().stream()
        .filter(status -> status.name().equals(name))
        .map(status -> SubscriberView.of(status, clock.instant()))
        .findFirst()
        .orElseThrow();
  }

  private void check(Caller caller, String name) {
    if (!subscribers.isWithin(name, caller.apps())) {
      throw new ProblemException(Problem.NOT_FOUND, "There is no subscriber of this name.");
    }
  }
}
