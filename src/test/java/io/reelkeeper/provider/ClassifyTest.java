package io.reelkeeper.provider;

import static io.reelkeeper.provider.Bench.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.core.Operation;
import io.reelkeeper.core.Owner;
import io.reelkeeper.provider.Classify.Said;
import io.reelkeeper.provider.Classify.Verdict;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Every row of reference §6.1 to §6.3, written down a second time from the reference.
final class ClassifyTest {

  /// Calls | HTTP status | body | verdict | code | whose fault | words of the advice
  private static final String REFERENCE =
      """
      ## 6.1 gateway
      all | 400 | {"message":"appid is invalid"} | REFUSED | 400 | US | not enabled
      all | 401 | {"message":"Unauthorized"} | REFUSED | 401 | US | Authorization header
      all | 401 | {"message":"Invalid authentication credentials"} | REFUSED | 401 | US | customer-secret
      all | 404 | {"message":"no Route matched with those values"} | REFUSED | 404 | US | URL
      all | 429 | {"message":"API rate limit exceeded"} | TOO_FAST | 429 | PROVIDER | requests per second
      ## 6.2 service
      start query update updateLayout stop | 206 | {"code":65,"reason":"request not completed"} | BUSY | 65 | PROVIDER | same resource ID
      all | 400 | {"code":2,"reason":"Acquire: invalid resourceExpiredHour value!"} | REFUSED | 2 | CALLER | parameter
      start | 400 | {"code":2,"reason":"request_hash mismatch!"} | REFUSED | 2 | US | startParameter
      acquire | 400 | {"code":400,"reason":"invalid_appid"} | REFUSED | 400 | US | not enabled
      acquire | 400 | {"code":401,"reason":"invalid_channel_name"} | REFUSED | 401 | CALLER | channel name
      acquire | 400 | {"code":405,"reason":"no_active_status"} | REFUSED | 405 | US | suspended
      acquire | 400 | {"code":406,"reason":"vendor_over_load"} | BUSY | 406 | PROVIDER | PCW
      all | 406 | {} | BUSY | 406 | PROVIDER | PCW
      all | 400 | {"code":429} | TOO_FAST | 429 | PROVIDER | requests per second
      acquire | 500 | {"code":500,"reason":"internal_error"} | BUSY | 500 | PROVIDER | repeated
      acquire | 500 | {"code":501,"reason":"no_worker_manager_available"} | BUSY | 501 | PROVIDER | no recorder free
      acquire | 500 | {"code":504,"reason":"allocate_timeout"} | BUSY | 504 | PROVIDER | in time
      start | 201 | {"code":7,"reason":"already started"} | REFUSED | 7 | PROVIDER | already runs
      start | 201 | {} | REFUSED | 7 | PROVIDER | already runs
      start | 400 | {"code":53,"reason":"task conflict"} | REFUSED | 53 | PROVIDER | another UID
      start | 500 | {"code":502,"reason":"Failed to allocate worker"} | BUSY | 502 | PROVIDER | new resource ID
      start | 500 | {"code":62,"reason":"request timeout"} | BUSY | 62 | PROVIDER | timed out
      query update updateLayout stop | 404 | {"code":404,"reason":"failed to find worker"} | REFUSED | 404 | PROVIDER | no such recording
      query update updateLayout stop | 404 | {"resourceId":"r","sid":"s","code":404,"serverResponse":{"command":"StopCloudRecorder","payload":{"message":"Failed to find worker."}}} | REFUSED | 404 | PROVIDER | no such recording
      query update updateLayout stop | 404 | {"code":404} | REFUSED | 404 | PROVIDER | no such recording
      query update updateLayout stop | 504 | {"code":62,"reason":"request timeout"} | BUSY | 62 | PROVIDER | timed out
      stop | 206 | {"code":435,"reason":"no recorded data"} | REFUSED | 435 | PROVIDER | no files
      stop | 400 | {"code":49,"reason":"invalid operation"} | REFUSED | 49 | PROVIDER | already stopping
      stop | 400 | {"code":49,"serverResponse":{"payload":{"message":"Failed"}}} | REFUSED | 49 | PROVIDER | already stopping
      ## 6.3 legacy and remaining
      all | 400 | {"code":8} | REFUSED | 8 | US | JSON
      start | 500 | {"resourceId":"r","sid":"","code":15} | BUSY | 15 | PROVIDER | does not document
      stop | 400 | {"code":50} | UPLOADING | 50 | PROVIDER | upload
      stop | 206 | {"code":50} | UPLOADING | 50 | PROVIDER | upload
      stop | 504 | {"code":50} | UPLOADING | 50 | PROVIDER | upload
      acquire | 400 | {"code":62} | REFUSED | 62 | US | not enabled
      all | 400 | {"code":109} | REFUSED | 109 | CALLER | token has expired
      all | 400 | {"code":110} | REFUSED | 110 | CALLER | token is invalid
      all | 400 | {"code":432} | REFUSED | 432 | US | resource ID
      start | 400 | {"code":433} | REFUSED | 433 | US | acquire again
      query | 400 | {"code":501} | REFUSED | 501 | PROVIDER | way out
      query | 500 | {"code":501} | REFUSED | 501 | PROVIDER | way out
      all | 400 | {"code":1001} | REFUSED | 1001 | US | acquire again
      all | 400 | {"code":1003} | REFUSED | 1003 | US | sid
      acquire start | 400 | {"code":1013} | REFUSED | 1013 | CALLER | channel name
      updateLayout | 400 | {"code":1028} | REFUSED | 1028 | CALLER | layout
      ## what is not Agora's, or not known
      all | 503 | <html>oops</html> | BUSY | 503 | PROVIDER | gateway
      all | 502 | {"message":"An invalid response was received"} | BUSY | 502 | PROVIDER | gateway
      all | 404 | <html>nginx</html> | REFUSED | 404 | US | not Agora's own 404
      acquire start presence | 404 | {"code":404,"reason":"failed to find worker"} | REFUSED | 404 | US | not Agora's own 404
      all | 403 | <html>WAF</html> | REFUSED | 403 | US | forbidden
      all | 302 | - | REFUSED | 302 | US | redirect
      all | 418 | {"code":4711,"reason":"what?"} | REFUSED | 4711 | CALLER | reason
      all | 202 | {"sid":"38f8e3cfdc474cd56fc1ceba380d7e1a"} | UNHEARD | 202 | PROVIDER | success
      stop | 206 | {} | UNHEARD | 206 | PROVIDER | success
      all | 200 | {"code":15} | UNHEARD | 15 | PROVIDER | success
      """;

  record Row(
      Operation operation,
      int status,
      String body,
      Verdict verdict,
      int code,
      Owner owner,
      String advice) {}

  static Stream<Row> reference() {
    return REFERENCE
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split(" \\| ", -1))
        .flatMap(
            cell ->
                operations(cell[0])
                    .map(
                        operation ->
                            new Row(
                                operation,
                                Integer.parseInt(cell[1]),
                                cell[2],
                                Verdict.valueOf(cell[3]),
                                Integer.parseInt(cell[4]),
                                Owner.valueOf(cell[5]),
                                cell[6])));
  }

  private static Stream<Operation> operations(String words) {
    List<String> named = List.of(words.split(" ", -1));
    return Stream.of(Operation.values())
        .filter(operation -> words.equals("all") || named.contains(operation.word()));
  }

  @ParameterizedTest
  @MethodSource("reference")
  void theVerdictIsTheReferences(Row row) {
    Said said = row.body.startsWith("{") ? Said.in(json(row.body)) : Said.NOTHING;

    var found = Classify.judge(row.operation, row.status, said);

    assertThat(found.verdict()).isEqualTo(row.verdict);
    assertThat(found.owner()).isEqualTo(row.owner);
    assertThat(found.code()).isEqualTo(row.code);
    assertThat(found.reason()).isNotBlank();
    var refused = new Answer.Refused<>(row.status, found.code(), found.reason(), found.owner());
    assertThat(Classify.whatToCheck(row.operation, refused)).contains(row.advice);
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void onlyAStopIsEverAcceptedInPart(Operation operation) {
    for (int status = 200; status < 600; status++) {
      var found = Classify.judge(operation, status, new Said(50, ""));
      assertThat(found.verdict() != Verdict.UPLOADING || operation == Operation.STOP)
          .as("%s %s", operation, status)
          .isTrue();
    }
  }

  @Test
  void aReasonIsOneShortLineHoweverMuchAgoraSays() {
    var said = new Said(2, "first\r\n\tsecond\u0000" + "x".repeat(5000));
    var found = Classify.judge(Operation.START, 400, said);
    assertThat(found.reason()).startsWith("first second x").hasSize(300).endsWith("…");
  }

  @Test
  void aCodeThatIsNoNumberIsNoCode() {
    for (String code : List.of("\"abc\"", "4.5", "1e99", "[2]", "{}", "null", "99999999999")) {
      assertThat(Said.in(json("{\"code\":" + code + "}")).code()).as(code).isNull();
    }
    assertThat(Said.in(json("{\"code\":\"53\"}")).code()).isEqualTo(53);
  }
}
