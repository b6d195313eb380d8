//! The overview as it was read last: to be shown, with its time, before it is read again.

use super::{Store, StoreError};

impl Store {
    /// Keeps an overview in place of the one before.
    pub async fn keep_overview(&self, content: &str) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query("INSERT OR REPLACE INTO last_overview (only, content) VALUES (1, ?)")
            .bind(content)
            .execute(&mut *transaction)
            .await
            .map_err(self.failing())?;
        transaction.commit().await.map_err(self.failing())
    }

    /// The overview that was kept last.
    pub async fn kept_overview(&self) -> Result<Option<String>, StoreError> {
        let kept = sqlx::query_scalar("SELECT content FROM last_overview");
        kept.fetch_optional(&self.readers).await.map_err(self.failing())
    }
}
