# Dependencies

Written by `docs/dependencies.sh`; do not edit. Every library in the product, with the licence that its author names.
Beside these, SQLite (public domain) is compiled from the amalgamation in an npm package that `sqlite/` pins by version and
checksum; before that, `sqlite/src/main/native/interruptible.sed` changes its source, so that an interrupt ends some long functions.

| library | version | licence |
|---|---|---|
<#list dependencyMap as e>
<#assign p = e.getKey()>
<#assign licenses = e.getValue()>
| ${p.groupId}:${p.artifactId} | ${p.version} | <#list licenses as l>${l}<#if l_has_next>, </#if></#list> |
</#list>
