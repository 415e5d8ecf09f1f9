# What is added to SQLite's source before it is compiled. Some functions take the product of the lengths of two values,
# hours with a few megabytes of each, and do not look whether the statement was interrupted. With these lines they do,
# once for each character, key, path or event. build.sh counts the changed lines, so a source that differs is not built.

/^static void instrFunc(/,/^}/ {
  s|^      N++;$|& if( (N\&1023)==0 \&\& sqlite3_is_interrupted(sqlite3_context_db_handle(context)) ){ sqlite3_result_error_code(context, SQLITE_INTERRUPT); goto endInstr; }|
}
/^static void replaceFunc(/,/^}/ {
  s|^  for(i=j=0; i<=loopLimit; i++){$|& if( (i\&1023)==0 \&\& sqlite3_is_interrupted(db) ){ sqlite3_free(zOut); sqlite3_result_error_code(context, SQLITE_INTERRUPT); return; }|
}
/^static void trimFunc(/,/^}/ {
  s|^        if( i>=nChar ) break;$|& if( sqlite3_is_interrupted(sqlite3_context_db_handle(context)) ){ if( zCharSet ) sqlite3_free(azChar); sqlite3_result_error_code(context, SQLITE_INTERRUPT); return; }|
}
/^static void unhexFunc(/,/^}/ {
  s|^      while( !sqlite3Isxdigit(c) ){$|& if( sqlite3_is_interrupted(sqlite3_context_db_handle(pCtx)) ){ sqlite3_free(pBlob); sqlite3_result_error_code(pCtx, SQLITE_INTERRUPT); return; }|
}

# LIKE and GLOB.
/^static int patternCompare(/,/^}/ {
  s|^  u32 matchOther  |  sqlite3 *db, u32 matchOther  |
  s|pInfo,matchOther)|pInfo,db,matchOther)|
  s|if( bMatch!=SQLITE_NOMATCH ) return|if( bMatch!=SQLITE_NOMATCH \|\| (db \&\& sqlite3_is_interrupted(db)) ) return|
}
s|, &globInfo, '\[');|, \&globInfo, 0, '[');|
s|, &likeInfoNorm, esc);|, \&likeInfoNorm, 0, esc);|
/^static void likeFunc(/,/^}/ {
  s|pInfo, escape)==SQLITE_MATCH);|pInfo, db, escape)==SQLITE_MATCH); if( sqlite3_is_interrupted(db) ) sqlite3_result_error_code(context, SQLITE_INTERRUPT);|
}

/^static int jsonMergePatch(/,/^}/ {
  s|^  while( iPCursor<iPEnd ){ .*|& if( sqlite3_is_interrupted(pTarget->db) ) return JSON_MERGE_OK;|
}
/^static void jsonPatchFunc(/,/^}/ {
  s|^    if( rc==JSON_MERGE_OK ){$|    if( sqlite3_is_interrupted(pTarget->db) ){ sqlite3_result_error_code(ctx, SQLITE_INTERRUPT); }else if( rc==JSON_MERGE_OK ){|
}
/^static void jsonExtractFunc(/,/^}/ {
  s|^  for(i=1; i<argc; i++){$|& if( sqlite3_is_interrupted(p->db) ){ sqlite3_result_error_code(ctx, SQLITE_INTERRUPT); goto json_extract_error; }|
}
/^static void jsonRemoveFunc(/,/^}/ {
  s|^  for(i=1; i<argc; i++){$|& if( sqlite3_is_interrupted(p->db) ){ sqlite3_result_error_code(ctx, SQLITE_INTERRUPT); goto json_remove_done; }|
}
/^static void jsonInsertIntoBlob(/,/^}/ {
  s|^  for(i=1; i<argc-1; i+=2){$|& if( sqlite3_is_interrupted(p->db) ){ sqlite3_result_error_code(ctx, SQLITE_INTERRUPT); jsonParseFree(p); return; }|
}

s|geopolyOverlap(GeoPoly \*p1, GeoPoly \*p2)|geopolyOverlap(GeoPoly *p1, GeoPoly *p2, sqlite3 *db)|
/^static int geopolyOverlap(.*{/,/^}/ {
  s|^  while( pThisEvent ){$|& if( sqlite3_is_interrupted(db) ){ rc = -2; goto geopolyOverlapDone; }|
}
/^static void geopolyWithinFunc(/,/^}/ {
  s|geopolyOverlap(p1, p2)|geopolyOverlap(p1, p2, sqlite3_context_db_handle(context))|
  s|^    if( x<0 ){$|    if( x==-2 ){ sqlite3_result_error_code(context, SQLITE_INTERRUPT); }else if( x<0 ){|
}
/^static void geopolyOverlapFunc(/,/^}/ {
  s|geopolyOverlap(p1, p2)|geopolyOverlap(p1, p2, sqlite3_context_db_handle(context))|
  s|^    if( x<0 ){$|    if( x==-2 ){ sqlite3_result_error_code(context, SQLITE_INTERRUPT); }else if( x<0 ){|
}
