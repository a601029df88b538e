package io.reelkeeper.session.rows;

import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;

/// The rows of sessions.
public interface SessionRows extends JpaRepository<SessionRow, UUID> {

  /// The session with its tasks as of one moment.
  @Query("select s from SessionRow s left join fetch s.tasks where s.id = :id")
  Optional<SessionRow> read(UUID id);

  /// These sessions with their tasks, newest first.
  @Query(
      "select distinct s from SessionRow s left join fetch s.tasks where s.id in :ids"
          + " order by s.id desc")
  List<SessionRow> readAll(List<UUID> ids);

  /// The session alone, locked. Its tasks are read by a statement of their own, after the lock: a
  /// join would show them as they were before the wait for it.
  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query("select s from SessionRow s where s.id = :id")
  Optional<SessionRow> lock(UUID id);
}
