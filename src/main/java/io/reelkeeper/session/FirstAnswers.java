package io.reelkeeper.session;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Idempotency keys: what a caller was answered first counts for 24 hours.
@Component
class FirstAnswers {

  private static final Duration LIFE = Duration.ofHours(24);

  record Kept(UUID session, String bodyDigest, Opened.@Nullable FirstAnswer answer) {}

  private final JdbcClient jdbc;

  FirstAnswers(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Optional<Kept> find(String caller, String key, Instant now) {
    return jdbc.sql(
            """
            select session_id, body_digest, status, content_type, body
              from idempotency_key where caller = ? and key = ? and created_at > ?
            """)
        .param(caller)
        .param(key)
        .param(Timestamp.from(now.minus(LIFE)))
        .query(
            (row, _) ->
                new Kept(
                    row.getObject("session_id", UUID.class),
                    row.getString("body_digest"),
                    row.getObject("status") == null
                        ? null
                        : new Opened.FirstAnswer(
                            row.getInt("status"),
                            row.getString("content_type"),
                            row.getString("body"))))
        .optional();
  }

  /// Binds the key, if there is one, to the session that will be its answer.
  void claim(Opening opening, UUID session, Instant now) {
    if (opening.idempotencyKey() == null) {
      return;
    }
    jdbc.sql(
            """
            insert into idempotency_key (caller, key, body_digest, session_id, created_at)
            values (?, ?, ?, ?, ?)
            on conflict (caller, key) do update set body_digest = excluded.body_digest,
              session_id = excluded.session_id, created_at = excluded.created_at,
              status = null, content_type = null, body = null
            """)
        .param(opening.caller())
        .param(opening.idempotencyKey())
        .param(opening.bodyDigest())
        .param(session)
        .param(Timestamp.from(now))
        .update();
  }

  Opened.FirstAnswer keep(String caller, String key, Opened.FirstAnswer answer) {
    return jdbc.sql(
            """
            update idempotency_key set status = coalesce(status, ?),
                content_type = coalesce(content_type, ?), body = coalesce(body, ?)
             where caller = ? and key = ? returning status, content_type, body
            """)
        .param(answer.status())
        .param(answer.contentType())
        .param(answer.body())
        .param(caller)
        .param(key)
        .query(
            (row, _) ->
                new Opened.FirstAnswer(
                    row.getInt("status"), row.getString("content_type"), row.getString("body")))
        .optional()
        .orElse(answer);
  }

  /// Only as long as the key stands for this session: a repeat may have taken it over.
  void forget(String caller, String key, UUID session) {
    jdbc.sql(
            """
            delete from idempotency_key
             where caller = ? and key = ? and session_id = ? and status is null
            """)
        .param(caller)
        .param(key)
        .param(session)
        .update();
  }
}
