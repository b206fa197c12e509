# Puts the page together: cmake -D WEB=.. -D LIBRARIES=.. -D OUT=.. -P assemble.cmake
# Every script of ours stands in a block of its own, so that its names are its own; `page` is what they share.
set(scripts core pointer format colours selection groups layout graph_view graph_draw graph_keys graph table_columns table depth
  time memory details heat pictures boards builds summary search theme print main)
set(libraries
  d3/dist/d3.min.js @observablehq/plot/dist/plot.umd.min.js @dagrejs/dagre/dist/dagre.min.js
  tabulator-tables/dist/js/tabulator.min.js)

# read_script FILE VARIABLE: its text; none may end the element that it stands in.
function(read_script file variable)
  file(READ "${file}" text)
  string(FIND "${text}" "</script" end)
  if(NOT end EQUAL -1)
    message(FATAL_ERROR "${file} has </script in it and cannot stand in a page")
  endif()
  # A map of sources lies nowhere beside the page.
  string(REGEX REPLACE "//# sourceMappingURL=[^\n]*" "" text "${text}")
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()

set(library_text "")
foreach(library ${libraries})
  read_script("${LIBRARIES}/${library}" text)
  # Its licence goes where it goes.
  string(REGEX REPLACE "/dist/.*" "" folder "${library}")
  read_script("${LIBRARIES}/${folder}/LICENSE" licence)
  string(APPEND library_text "<script>/*! ${folder}\n${licence}*/\n${text}</script>\n")
endforeach()
set(own_text "")
foreach(script ${scripts})
  read_script("${WEB}/${script}.js" text)
  string(APPEND own_text "{\n${text}}\n")
endforeach()
file(READ "${LIBRARIES}/tabulator-tables/dist/css/tabulator_simple.min.css" library_style)
string(REGEX REPLACE "/\\*# sourceMappingURL=[^*]*\\*/" "" library_style "${library_style}")
file(READ "${WEB}/page.css" own_style)
file(READ "${WEB}/index.html" page)
string(REPLACE "{{style}}" "${library_style}\n${own_style}" page "${page}")
string(REPLACE "{{libraries}}" "${library_text}" page "${page}")
string(REPLACE "{{scripts}}" "${own_text}" page "${page}")
file(WRITE "${OUT}.new" "${page}")
file(COPY_FILE "${OUT}.new" "${OUT}" ONLY_IF_DIFFERENT)
file(TOUCH "${OUT}")
