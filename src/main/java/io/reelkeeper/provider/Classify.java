package io.reelkeeper.provider;

import io.reelkeeper.core.Operation;
import io.reelkeeper.core.Owner;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What an answer of Agora means: by operation, HTTP status and body code together, never by the
/// class of a status alone (201 and 206 are failures, one 404 is ours, the other Agora's).
///
/// The table is read from the top, the first row that fits decides.
public final class Classify {

  /// What to make of an answer.
  enum Verdict {
    /// Not done, and the same request will not be.
    REFUSED,
    /// Not done; later it may be.
    BUSY,
    /// As `BUSY`, and every replica has to slow down.
    TOO_FAST,
    /// A stop that was accepted, only its upload is not over.
    UPLOADING,
    /// Nobody can say what happened.
    UNHEARD
  }

  /// @param asked the operations it is about
  /// @param http an HTTP status, a class such as `5xx`, or `*`
  /// @param code a body code, `-` for a body without one, or `*`
  /// @param says words within the answer, in any case; empty for any
  /// @param check what a person should look at
  private record Row(
      Set<Operation> asked,
      String http,
      String code,
      String says,
      Verdict verdict,
      Owner owner,
      String check) {

    boolean fits(Operation operation, int status, @Nullable Integer bodyCode, String words) {
      return asked.contains(operation)
          && (http.equals("*")
              || http.equals(Integer.toString(status))
              || http.equals(status / 100 + "xx"))
          && (code.equals("*") || code.equals(bodyCode == null ? "-" : bodyCode.toString()))
          && words.toLowerCase(Locale.ROOT).contains(says);
    }

    Row advising(String more) {
      String whole = check.isEmpty() ? more : check + " " + more;
      return new Row(asked, http, code, says, verdict, owner, whole);
    }
  }

  /// Operations | HTTP status | body code | words within | verdict | whose fault, and below each
  /// row what a person should look at. `*` fits anything, `-` a body without a code.
  private static final List<Row> TABLE =
      read(
          """
          ## limits, as HTTP status or as body code
          all | * | 429 | * | TOO_FAST | PROVIDER
              The requests per second of the App ID are used up: slow down, or ask Agora for more.
          all | 429 | * | * | TOO_FAST | PROVIDER
              The requests per second of the App ID are used up: slow down, or ask Agora for more.
          all | * | 406 | * | BUSY | PROVIDER
              The concurrent workers (PCW) of the App ID are used up: look for recordings that nobody
              needs, or ask Agora for more.
          all | 406 | * | * | BUSY | PROVIDER
              The concurrent workers (PCW) of the App ID are used up: look for recordings that nobody
              needs, or ask Agora for more.

          ## the gateway in front of the service
          all | 400 | - | appid is invalid | REFUSED | US
              Cloud recording is not enabled for the App ID: enable it in Agora's console, and check
              app-id.
          all | 401 | * | invalid authentication | REFUSED | US
              Agora does not accept the credentials: check customer-key and customer-secret, and that
              they belong to the account of the App ID.
          all | 401 | * | * | REFUSED | US
              Agora saw no valid Authorization header: check customer-key and customer-secret, and
              that no proxy removes the header.
          all | 404 | * | no route matched | REFUSED | US
              Method or URL are wrong: check app-id and the domains of the app. It says nothing about
              the recording.

          ## any call
          all | * | 65 | * | BUSY | PROVIDER
              Agora's back end did not answer in time: the same request is repeated, with the same
              resource ID.
          all | 4xx | 2 | request_hash | REFUSED | US
              The start differs from the startParameter of its acquire: send none, or the identical
              object, token included.
          all | 4xx | 2 | * | REFUSED | CALLER
              A parameter is wrong: its type, spelling or range, or it is missing. Agora's reason
              names it.
          all | 4xx | 8 | * | REFUSED | US
              Header, URL, method or JSON are wrong: check the domains of the app and what stands
              between.
          all | 4xx | 109 | * | REFUSED | CALLER
              The RTC token has expired: mint one that outlives the recording.
          all | 4xx | 110 | * | REFUSED | CALLER
              The RTC token is invalid: it must be for this channel and the UID that records, made
              with the certificate of this App ID.
          all | 4xx | 432 | * | REFUSED | US
              App ID, channel or UID are not those that the resource ID was acquired for.
          all | 4xx | 433 | * | REFUSED | US
              The resource ID has expired (5 minutes): acquire again.
          all | 4xx | 1001 | * | REFUSED | US
              Agora cannot read the resource ID: acquire again.
          all | 4xx | 1003 | * | REFUSED | US
              App ID or sid do not match the resource ID.
          all | 4xx | 1013 | * | REFUSED | CALLER
              The channel name has characters that Agora does not allow.

          ## acquire
          acquire | 400 | 400 | * | REFUSED | US
              Cloud recording is not enabled for the App ID: enable it in Agora's console, and check
              app-id.
          acquire | 4xx | 62 | * | REFUSED | US
              Cloud recording is not enabled for the App ID: enable it in Agora's console.
          acquire | 400 | 401 | * | REFUSED | CALLER
              The channel name has characters that Agora does not allow.
          acquire | 400 | 405 | * | REFUSED | US
              The App ID is suspended, for instance for an unpaid bill: look into Agora's console.
          acquire | 500 | 500 | * | BUSY | PROVIDER
              Agora failed inside: the same request is repeated.
          acquire | 500 | 501 | * | BUSY | PROVIDER
              Agora has no recorder free at the moment: the same request is repeated.
          acquire | 500 | 504 | * | BUSY | PROVIDER
              Agora did not find a recorder in time: the same request is repeated.

          ## start
          start | 201 | * | * | REFUSED | PROVIDER
              The recording of this resource ID already runs: its sid is looked for.
          start | 4xx | 7 | * | REFUSED | PROVIDER
              The recording of this resource ID already runs: its sid is looked for.
          start | 4xx | 53 | * | REFUSED | PROVIDER
              A recording with the same App ID, channel and UID already runs: another UID is needed,
              or the one that runs is adopted.
          start | 500 | 502 | * | BUSY | PROVIDER
              Agora could not give a recorder: after the repeats a new resource ID is acquired.
          start | 500 | 62 | * | BUSY | PROVIDER
              Agora timed out inside: the same request is repeated, then a new resource ID acquired.
          start | 500 | 15 | * | BUSY | PROVIDER
              Agora failed inside with a code it does not document: the same request is repeated.

          ## what needs a recording that runs
          query update updateLayout stop | 404 | 404 | * | REFUSED | PROVIDER
              Agora finds no such recording: it never began (layout, storage keys, token, empty
              channel, page), has ended, or is moving to another server, which takes up to 90 s.
          query update updateLayout stop | 404 | * | failed to find worker | REFUSED | PROVIDER
              Agora finds no such recording: it never began (layout, storage keys, token, empty
              channel, page), has ended, or is moving to another server, which takes up to 90 s.
          query update updateLayout stop | 504 | 62 | * | BUSY | PROVIDER
              Agora timed out inside: the same request is repeated.
          query update updateLayout stop | 4xx | 49 | * | REFUSED | PROVIDER
              The recording is already stopping: stopped before, removed from the channel, or idle.
          query update updateLayout | * | 501 | * | REFUSED | PROVIDER
              The recording is on its way out.
          updateLayout | 4xx | 1028 | * | REFUSED | CALLER
              The layout is invalid: its members stand directly in the body, and it replaces the
              whole layout.
          stop | 206 | 435 | * | REFUSED | PROVIDER
              Nothing was recorded, because nobody sent a stream: there are no files.
          stop | 4xx | 435 | * | REFUSED | PROVIDER
              Nothing was recorded, because nobody sent a stream: there are no files.
          stop | * | 50 | * | UPLOADING | PROVIDER
              The stop was accepted, its upload takes longer: wait for it, or audit the storage.

          ## what Agora has not been seen to say
          all | 3xx | * | * | REFUSED | US
              The address answers with a redirect, which is not followed: check the domains of the
              app.
          all | 403 | * | * | REFUSED | US
              Access is forbidden: check the account in Agora's console, and what stands between.
          all | 404 | * | * | REFUSED | US
              This is not Agora's own 404: check the domains of the app and what stands between. It
              says nothing about the recording.
          all | 408 | * | * | BUSY | PROVIDER
              The request took too long to arrive.
          all | 425 | * | * | BUSY | PROVIDER
              The request came too early.
          all | 4xx | - | * | REFUSED | US
              The request was refused without a code of Agora's: check the domains of the app and
              what stands between.
          all | 4xx | * | * | REFUSED | CALLER
              Agora refuses the request with a code that it does not document: see its reason.
          all | 5xx | * | * | BUSY | PROVIDER
              Agora, or a gateway in front of it, failed: nothing is known about the recording.
          all | * | * | * | UNHEARD | PROVIDER
              Agora documents no such answer: it is not taken for a success.
          """);

  private static List<Row> read(String table) {
    var rows = new ArrayList<Row>();
    for (String line : table.lines().toList()) {
      if (line.startsWith(" ")) {
        rows.add(rows.removeLast().advising(line.strip()));
      } else if (!line.isBlank() && !line.startsWith("#")) {
        String[] cell = line.split(" \\| ", -1);
        rows.add(
            new Row(
                operations(cell[0]),
                cell[1],
                cell[2],
                cell[3].equals("*") ? "" : cell[3],
                Verdict.valueOf(cell[4]),
                Owner.valueOf(cell[5]),
                ""));
      }
    }
    return List.copyOf(rows);
  }

  private static Set<Operation> operations(String words) {
    List<String> named = List.of(words.split(" ", -1));
    return Stream.of(Operation.values())
        .filter(operation -> words.equals("all") || named.contains(operation.word()))
        .collect(Collectors.toUnmodifiableSet());
  }

  /// The verdict on an answer.
  ///
  /// @param code Agora's body code, or the HTTP status where the body has none
  /// @param reason what Agora said, or the status in words
  record Finding(Verdict verdict, Owner owner, int code, String reason) {}

  /// What an answer's body says apart from its result.
  ///
  /// @param code null when there is none, or it is not a number
  /// @param words empty when there are none
  record Said(@Nullable Integer code, String words) {

    static final Said NOTHING = new Said(null, "");

    static Said in(@Nullable JsonNode body) {
      if (body == null || !body.isObject()) {
        return NOTHING;
      }
      JsonNode code = body.path("code");
      Integer number =
          code.isIntegralNumber() && code.canConvertToInt()
              ? (Integer) code.asInt()
              : code.isString() && code.asString().matches("[0-9]{1,6}")
                  ? Integer.valueOf(code.asString())
                  : null;
      for (JsonNode words :
          List.of(
              body.path("reason"),
              body.path("message"),
              body.path("serverResponse").path("payload").path("message"))) {
        if (words.isString() && !words.asString().isBlank()) {
          return new Said(number, words.asString());
        }
      }
      return new Said(number, "");
    }

    /// No complaint in a body that came with HTTP 200.
    boolean isFine() {
      return code == null || code == 0 || code == 200;
    }
  }

  /// Reasons go to callers and into tables: a sentence, not a page.
  private static final int REASON_LENGTH = 300;

  private Classify() {}

  /// Judges an answer that is not a plain success.
  static Finding judge(Operation operation, int httpStatus, Said said) {
    Row row = find(operation, httpStatus, said.code, said.words);
    int code = said.code != null ? said.code : httpStatus;
    if (operation == Operation.START && httpStatus == 201 && said.code == null) {
      code = 7; // Agora's older texts give the status alone the meaning "already recording"
    }
    if (row.code.equals("*") && row.says.equals("failed to find worker")) {
      code = 404;
    }
    String reason = said.words.isEmpty() ? "HTTP " + httpStatus + " without a reason" : said.words;
    return new Finding(row.verdict, row.owner, code, brief(reason));
  }

  /// What a person should look at after a refusal; for the caller's `detail`.
  public static String whatToCheck(Operation operation, Answer.Refused<?> refused) {
    Row coded = find(operation, refused.httpStatus(), refused.code(), refused.reason());
    if (refused.code() != refused.httpStatus()) {
      return coded.check;
    }
    // A status in the place of a code: the body may have had none.
    Row plain = find(operation, refused.httpStatus(), null, refused.reason());
    boolean hadNone = coded.owner != refused.owner() || TABLE.indexOf(plain) < TABLE.indexOf(coded);
    return hadNone ? plain.check : coded.check;
  }

  private static Row find(
      Operation operation, int httpStatus, @Nullable Integer code, String words) {
    return TABLE.stream()
        .filter(row -> row.fits(operation, httpStatus, code, words))
        .findFirst()
        .orElseThrow();
  }

  private static String brief(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() <= REASON_LENGTH ? line : line.substring(0, REASON_LENGTH - 1) + "…";
  }
}
