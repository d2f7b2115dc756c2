"""One block a file of views/, in the order of the files' names; routes end with a slash."""

from django.urls import path

from projects.views import (
    activity,
    adding,
    archive,
    beginning,
    bin,
    boards,
    bulk,
    calendar,
    cells,
    changes,
    checklists,
    columns,
    comments,
    days,
    deadlines,
    dependencies,
    downloads,
    effort,
    feeds,
    field_values,
    fields,
    files,
    forecasts,
    guests,
    health,
    home,
    joining,
    lists,
    ownership,
    palette,
    picking,
    planning,
    plans,
    portfolio,
    products,
    projects,
    quick,
    recurrence,
    rescheduling,
    saved_views,
    search,
    slips,
    subtasks,
    task_fields,
    tasks,
    timeline,
    timeline_edits,
    timeline_links,
    timeline_print,
    undo,
    zones,
)  # fmt: skip

app_name = "projects"

urlpatterns = [
    # activity
    path("projects/<int:pk>/activity/", activity.activity, name="activity"),
    # beginning
    path("tasks/<int:pk>/begin/", beginning.task_begin, name="task-begin"),
    # adding
    path("columns/<int:pk>/tasks/add/", adding.task_add, name="task-add"),
    path("columns/<int:pk>/tasks/read/", adding.quick_read, name="quick-read"),
    path("labels/add/", adding.label_add, name="label-add"),
    # archive
    path("projects/<int:pk>/archived/", archive.archived_tasks, name="archived-tasks"),
    path("tasks/<int:pk>/archive/", archive.task_archive, name="task-archive"),
    path("tasks/<int:pk>/unarchive/", archive.task_unarchive, name="task-unarchive"),
    # bin
    path("projects/<int:pk>/bin/", bin.project_bin, name="bin"),
    # boards
    path("projects/<int:pk>/board/", boards.board, name="board"),
    path("columns/<int:pk>/cards/", boards.column_cards, name="column-cards"),
    path("tasks/<int:pk>/move/", boards.task_move, name="task-move"),
    path("tasks/<int:pk>/card/", boards.task_card, name="task-card"),
    # bulk
    path("projects/<int:pk>/bulk/", bulk.bulk, name="bulk"),
    # calendar
    path("calendar/", calendar.calendar_all, name="calendar-all"),
    path("projects/<int:pk>/calendar/", calendar.calendar, name="calendar"),
    # changes
    path("projects/<int:pk>/changes/", changes.changes, name="changes"),
    path("projects/<int:pk>/board/cards/", changes.board_cards, name="board-cards"),
    # cells
    path("tasks/<int:pk>/cell/<slug:cell>/", cells.task_cell, name="task-cell"),
    # checklists
    path("tasks/<int:pk>/checklist/add/", checklists.item_add, name="item-add"),
    path("items/<int:pk>/check/", checklists.item_check, name="item-check"),
    path("items/<int:pk>/edit/", checklists.item_edit, name="item-edit"),
    path("items/<int:pk>/remove/", checklists.item_remove, name="item-remove"),
    # columns
    path("projects/<int:pk>/columns/add/", columns.column_add, name="column-add"),
    path("columns/<int:pk>/edit/", columns.column_edit, name="column-edit"),
    path("columns/<int:pk>/move/", columns.column_move, name="column-move"),
    path("columns/<int:pk>/delete/", columns.column_delete, name="column-delete"),
    # comments
    path("tasks/<int:pk>/comments/add/", comments.comment_add, name="comment-add"),
    path("tasks/<int:pk>/people/", comments.people, name="people"),
    path("comments/<int:pk>/edit/", comments.comment_edit, name="comment-edit"),
    path("comments/<int:pk>/react/", comments.comment_react, name="comment-react"),
    path("comments/<int:pk>/quote/", comments.comment_quote, name="comment-quote"),
    path("comments/<int:pk>/delete/", comments.comment_delete, name="comment-delete"),
    # days
    path("calendar/add/", days.calendar_add, name="calendar-all-add"),
    path("projects/<int:pk>/calendar/add/", days.calendar_add, name="calendar-add"),
    path("tasks/<int:pk>/day/", days.task_day, name="task-day"),
    # deadlines
    path("tasks/<int:pk>/deadline/", deadlines.task_deadline, name="task-deadline"),
    path("tasks/<int:pk>/deadline/preview/", deadlines.deadline_preview, name="deadline-preview"),
    # dependencies
    path("tasks/<int:pk>/links/add/", dependencies.link_add, name="link-add"),
    path("tasks/<int:pk>/links/<int:link>/", dependencies.link_edit, name="link-edit"),
    path("tasks/<int:pk>/chain/", dependencies.task_chain, name="task-chain"),
    # downloads
    path("files/<int:pk>/download/", downloads.file_download, name="file-download"),
    path("files/<int:pk>/download/<int:number>/", downloads.file_download, name="file-version"),
    path("files/bytes/<str:token>/", downloads.file_bytes, name="file-bytes"),
    # effort
    path("tasks/<int:pk>/time/", effort.task_time, name="task-time"),
    path("time/<int:pk>/edit/", effort.time_edit, name="time-edit"),
    path("time/<int:pk>/remove/", effort.time_remove, name="time-remove"),
    # files
    path("tasks/<int:pk>/files/", files.task_files, name="task-files"),
    path("tasks/<int:pk>/files/add/", files.task_file_add, name="task-file-add"),
    path("tasks/<int:pk>/files/link/", files.task_file_link, name="task-file-link"),
    path("projects/<int:pk>/files/", files.project_files, name="files"),
    path("projects/<int:pk>/files/add/", files.project_file_add, name="project-file-add"),
    path("projects/<int:pk>/files/link/", files.project_file_link, name="project-file-link"),
    path("files/<int:pk>/", files.file_show, name="file"),
    path("files/<int:pk>/replace/", files.file_replace, name="file-replace"),
    path("files/<int:pk>/share/", files.file_share, name="file-share"),
    path("files/<int:pk>/delete/", files.file_delete, name="file-delete"),
    path("files/<int:pk>/restore/", files.file_restore, name="file-restore"),
    # forecasts
    path("projects/<int:pk>/forecast/", forecasts.project_forecast, name="forecast"),
    # health
    path("health/", health.health, name="health"),
    path("projects/<int:pk>/health/", health.project_health, name="project-health"),
    # guests
    path("projects/<int:pk>/guests/", guests.guests, name="guests"),
    path("projects/<int:pk>/guests/invite/", guests.guest_invite, name="guest-invite"),
    path("projects/<int:pk>/guests/<int:member>/remove/", guests.guest_remove, name="guest-remove"),
    path(
        "projects/<int:pk>/guests/invitations/<int:invitation>/withdraw/", guests.guest_withdraw, name="guest-withdraw"
    ),
    # home
    path("", home.home, name="home"),
    path("rail/", home.rail, name="rail"),
    path("waiting/", home.waits, name="waits"),
    path("tasks/<int:pk>/check/", home.task_check, name="task-check"),
    # joining
    path("guest/<str:token>/", joining.guest_join, name="guest-join"),
    # lists
    path("projects/<int:pk>/list/", lists.task_list, name="list"),
    path("projects/<int:pk>/list.csv", lists.list_csv, name="list-csv"),
    path("projects/<int:pk>/list/columns/", lists.list_columns, name="list-columns"),
    path("tasks/<int:pk>/row/", lists.task_row, name="task-row"),
    # ownership
    path("projects/<int:pk>/owner/", ownership.owner_offer, name="owner-offer"),
    path("offers/<int:pk>/", ownership.offer_answer, name="offer-answer"),
    # picking
    path("tasks/<int:pk>/pick/<slug:field>/", picking.task_pick, name="task-pick"),
    # plans
    path("projects/<int:pk>/baseline/", plans.baseline, name="baseline"),
    path("projects/<int:pk>/baseline/freeze/", plans.plan_freeze, name="plan-freeze"),
    path("baselines/<int:pk>/remove/", plans.baseline_remove, name="baseline-remove"),
    # portfolio
    path("projects/", portfolio.project_list, name="project-list"),
    path("projects/csv/", portfolio.project_csv, name="project-csv"),
    # palette
    path("palette/", palette.command_palette, name="palette"),
    # products
    path("tasks/<int:pk>/products/add/", products.product_add, name="product-add"),
    path("products/<int:pk>/remove/", products.product_remove, name="product-remove"),
    # projects
    path("projects/new/", projects.project_new, name="project-new"),
    path("projects/<int:pk>/", projects.project, name="project"),
    path("projects/<int:pk>/edit/", projects.project_edit, name="project-edit"),
    path("projects/<int:pk>/finish/", projects.project_finish, name="project-finish"),
    path("projects/<int:pk>/archive/", projects.project_archive, name="project-archive"),
    path("projects/<int:pk>/rest/", projects.project_rest, name="project-rest"),
    path("projects/<int:pk>/restore/", projects.project_restore, name="project-restore"),
    # quick
    path("quick/", quick.quick, name="quick"),
    path("quick/read/", quick.quick_read, name="quick-read-any"),
    # field_values
    path("tasks/<int:pk>/fields/<int:field>/", field_values.task_field, name="task-field"),
    # feeds
    path("feeds/", feeds.feeds, name="feeds"),
    path("feeds/<int:pk>/withdraw/", feeds.feed_withdraw, name="feed-withdraw"),
    path("feeds/<str:token>.ics", feeds.feed, name="feed"),
    path("projects/<int:pk>/feeds/", feeds.feeds, name="project-feeds"),
    path("tasks/<int:pk>/event.ics", feeds.task_event, name="task-event"),
    path("tasks/<int:pk>/invite/", feeds.task_invite, name="task-invite"),
    # fields
    path("settings/fields/", fields.field_list, name="field-list"),
    path("settings/fields/new/", fields.field_new, name="field-new"),
    path("settings/fields/<int:pk>/", fields.field_edit, name="field-edit"),
    path("settings/fields/<int:pk>/move/", fields.field_move, name="field-move"),
    path("settings/fields/<int:pk>/archive/", fields.field_archive, name="field-archive"),
    path("settings/fields/<int:pk>/restore/", fields.field_restore, name="field-restore"),
    path("projects/<int:pk>/fields/", fields.project_fields, name="project-fields"),
    # recurrence
    path("tasks/<int:pk>/repeat/", recurrence.task_repeat, name="task-repeat"),
    path("tasks/<int:pk>/repeat/preview/", recurrence.repeat_preview, name="repeat-preview"),
    path("tasks/<int:pk>/repeat/skip/", recurrence.repeat_skip, name="repeat-skip"),
    path("tasks/<int:pk>/repeat/stop/", recurrence.repeat_stop, name="repeat-stop"),
    # rescheduling
    path("tasks/<int:pk>/reschedule/", rescheduling.task_reschedule, name="task-reschedule"),
    path("projects/<int:pk>/reschedule/", planning.project_reschedule, name="project-reschedule"),
    # search
    path("search/", search.search_page, name="search"),
    # slips
    path("projects/<int:pk>/slips/", slips.slips, name="slips"),
    path("slips/<int:pk>/explain/", slips.slip_explain, name="slip-explain"),
    path("changes/<int:pk>/reason/", slips.change_reason, name="change-reason"),
    # subtasks
    path("tasks/<int:pk>/subtasks/", subtasks.subtasks, name="subtasks"),
    path("tasks/<int:pk>/subtasks/add/", subtasks.subtask_add, name="subtask-add"),
    path("tasks/<int:pk>/tick/", subtasks.subtask_tick, name="subtask-tick"),
    path("tasks/<int:pk>/parent/", subtasks.task_parent, name="task-parent"),
    path("items/<int:pk>/promote/", subtasks.item_promote, name="item-promote"),
    path("tasks/<int:pk>/promotion/undo/", subtasks.promotion_undo, name="promotion-undo"),
    # saved_views
    path("projects/<int:pk>/views/add/", saved_views.view_add, name="view-add"),
    path("views/<int:pk>/", saved_views.view_open, name="saved-view"),
    path("views/<int:pk>/edit/", saved_views.view_edit, name="view-edit"),
    path("views/<int:pk>/update/", saved_views.view_update, name="view-update"),
    path("views/<int:pk>/delete/", saved_views.view_delete, name="view-delete"),
    # tasks
    path("tasks/<int:pk>/", tasks.task_show, name="task"),
    path("tasks/<int:pk>/stream/", tasks.task_stream, name="task-stream"),
    path("tasks/<int:pk>/properties/", tasks.task_properties, name="task-properties"),
    path("tasks/<int:pk>/title/", tasks.task_title, name="task-title"),
    path("tasks/<int:pk>/size/", tasks.task_size_fine, name="task-size-fine"),
    path("tasks/<int:pk>/description/", tasks.task_description, name="task-description"),
    path("tasks/<int:pk>/set/<slug:field>/", task_fields.task_set, name="task-set"),
    path("tasks/<int:pk>/finish/", tasks.task_finish, name="task-finish"),
    path("tasks/<int:pk>/reopen/", tasks.task_reopen, name="task-reopen"),
    path("tasks/<int:pk>/delete/", tasks.task_delete, name="task-delete"),
    path("tasks/<int:pk>/undelete/", tasks.task_restore, name="task-restore"),
    # timeline
    path("projects/<int:pk>/timeline/", timeline.timeline, name="timeline"),
    path("projects/<int:pk>/timeline/data/", timeline.timeline_data, name="timeline-data"),
    path("projects/<int:pk>/timeline/print/", timeline_print.timeline_print, name="timeline-print"),
    path("printouts/<int:pk>/", timeline_print.printout, name="printout"),
    path("tasks/<int:pk>/plan/", timeline_edits.task_plan, name="task-plan"),
    path("tasks/<int:pk>/join/", timeline_links.task_join, name="task-join"),
    # undo
    path("changes/<int:pk>/undo/", undo.change_undo, name="change-undo"),
    # zones
    path("projects/<int:pk>/zone/", zones.project_zone, name="project-zone"),
]
