package io.reelkeeper.evidence;

import io.reelkeeper.provider.CallJournal;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One attempt at Agora as it was sent and answered; secrets were replaced before it was stored.
///
/// @param waitedMillis in the queue for the requests per second, before `at`
record CallView(
    Instant at,
    int task,
    String operation,
    int attempt,
    String domain,
    String method,
    String path,
    @Nullable Integer httpStatus,
    @Nullable Integer code,
    String outcome,
    @Nullable String note,
    @Nullable String requestId,
    long tookMillis,
    long waitedMillis,
    @Schema(implementation = Object.class) JsonNode request,
    @Schema(implementation = Object.class) JsonNode response) {

  static CallView of(CallJournal.Entry call) {
    return new CallView(
        call.at(),
        call.task(),
        call.operation(),
        call.attempt(),
        call.domain(),
        call.method(),
        call.path(),
        call.httpStatus(),
        call.code(),
        call.outcome(),
        call.note(),
        call.requestId(),
        call.took().toMillis(),
        call.waited().toMillis(),
        call.request(),
        call.response());
  }
}
